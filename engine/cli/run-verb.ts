import { type Command, InvalidArgumentError } from 'commander';
import { type Address, parseAddress } from '#adapters/http/address.js';
import { EdictError } from '#errors/edict-error.js';
import type { Run } from './author-verbs.js';
import { httpsUrl } from './https-url.js';
import type { WebhookOptions } from './run/webhooks.js';

interface RunFlags {
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly watchNamespace?: string;
  readonly leaderElect: boolean;
  readonly concurrency: number;
  readonly metricsBindAddress?: Address | 'off';
  readonly healthProbeBindAddress?: Address | 'off';
  readonly webhookBindAddress: Address | 'off';
  readonly webhookCertDir?: string;
  readonly webhookUrl?: URL;
  readonly webhookName: string;
}

/** Adds the verb that runs the engine on a cluster. It is loaded when it is asked for. */
export function addRunVerb(
  verb: (name: string, description: string) => Command,
  run: Run,
  variables: { readonly [name: string]: string | undefined },
): void {
  const namespace = variables.NAMESPACE === '' ? undefined : variables.NAMESPACE;
  verb('run', 'keep what the custom resources of a cluster ask for in existence, until it is told to end')
    .option('--kubeconfig <file>', 'the cluster (default: KUBECONFIG, the service account of the pod, ~/.kube/config)')
    .option('--context <name>', 'another context than the current one')
    .option('--watch-namespace <name>', 'look at the objects of one namespace only (default: NAMESPACE)', namespace)
    .option('--leader-elect', 'work only while this is the replica that leads, by a Lease', false)
    .option('--concurrency <number>', 'objects at work at once', positive, 64)
    .option('--metrics-bind-address <address>', 'where /metrics is, as :8080 (default: nowhere)', address)
    .option(
      '--health-probe-bind-address <address>',
      'where /healthz and /readyz are (default: nowhere)',
      address,
      'off',
    )
    .option(
      '--webhook-bind-address <address>',
      'where the API server asks before it stores an object, if ENABLE_WEBHOOKS is true',
      address,
      { host: undefined, port: 9443 },
    )
    .option('--webhook-cert-dir <folder>', 'its tls.crt and tls.key (default: the engine makes them, in a Secret)')
    .option('--webhook-url <url>', 'where the API server reaches it when it is no Pod behind a Service', httpsUrl)
    .option('--webhook-name <name>', 'what the names of its Service, Secret and configuration begin with', 'edict')
    .action(async (flags: RunFlags) => {
      const { kubeconfig, context, watchNamespace, leaderElect, concurrency } = flags;
      const { metricsBindAddress: metrics = 'off', healthProbeBindAddress: probes = 'off' } = flags;
      const command = await import('./commands/run.js');
      const webhooks = webhooksOf(flags, variables.ENABLE_WEBHOOKS);
      const options = { kubeconfig, context, watchNamespace, leaderElect, concurrency, metrics, probes, webhooks };
      await run(command.run, options);
    });
}

/** Undefined and what Go takes for false turn them off, as operators made with kubebuilder read it. */
function webhooksOf(flags: RunFlags, enabled = 'false'): WebhookOptions | 'off' {
  const { webhookBindAddress: bind, webhookCertDir: certificates, webhookUrl: url, webhookName: name } = flags;
  if (/^(|0|f|false)$/i.test(enabled) || bind === 'off') return 'off';
  if (/^(1|t|true)$/i.test(enabled)) return { address: bind, certificates, url, name };
  throw new EdictError({
    code: 'UsageInvalid',
    message: `ENABLE_WEBHOOKS is ${JSON.stringify(enabled)}.`,
    location: {},
    fragment: enabled,
    remedy: 'Set it to true or false.',
  });
}

function positive(value: string): number {
  const number = Number(value);
  if (Number.isInteger(number) && number > 0 && number <= 1000) return number;
  throw new InvalidArgumentError('It is a number from 1 to 1000.');
}

function address(value: string): Address | 'off' {
  const parsed = parseAddress(value);
  if (parsed !== undefined) return parsed;
  throw new InvalidArgumentError('It is :8080, 127.0.0.1:8080 or, for nowhere, 0.');
}
