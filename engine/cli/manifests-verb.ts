import { type Command, InvalidArgumentError, Option } from 'commander';
import { isDnsLabel } from '#model/names.js';
import type { KindReference } from '#model/object.js';
import type { Run } from './author-verbs.js';
import { httpsUrl } from './https-url.js';
import { PARTS, type Part } from './install/manifests.js';

interface ManifestFlags {
  readonly name: string;
  readonly namespace: string;
  readonly image?: string;
  readonly watchNamespace?: string;
  readonly webhooks: boolean;
  readonly webhookUrl?: URL;
  readonly webhookSecret?: string;
  readonly only: readonly Part[];
  readonly existingNamespace: boolean;
  readonly outputDir?: string;
  readonly plural: ReadonlyMap<string, string>;
  readonly former: readonly KindReference[];
}

/** Adds the verb of who installs the engine. It is loaded when it is asked for. */
export function addManifestsVerb(verb: (name: string, description: string) => Command, run: Run): void {
  verb(
    'manifests',
    'print all that installs the engine with this rule set: CRDs, exactly the rights it needs, Deployment',
  )
    .option('--namespace <name>', 'namespace of the engine', namespace, 'edict-system')
    .option('--name <name>', 'what the names of all objects begin with', prefix, 'edict')
    .option('--image <reference>', 'container image (default: edict, of this version)', notEmpty)
    .option(
      '--watch-namespace <name>',
      'look at the custom resources of one namespace, and have rights only there',
      namespace,
    )
    .option('--webhooks', 'have the API server ask before it stores a custom resource', false)
    .option('--webhook-url <url>', 'webhooks of an engine that is no Pod behind a Service', httpsUrl)
    .option(
      '--webhook-secret <name>',
      'webhooks with a certificate of this Secret (default: the engine makes it)',
      notEmpty,
    )
    .addOption(new Option('--only <parts...>', 'only these').choices(PARTS).default([], 'all'))
    .option('--existing-namespace', 'the namespace is there already: leave it out', false)
    .option('--output-dir <folder>', 'write files, as operators made with kubebuilder have them in config/', notEmpty)
    .addOption(
      new Option('--plural <group/Kind=plural>', 'what the API calls a kind that has no usual plural')
        .argParser(plural)
        .default(new Map(), 'none'),
    )
    .addOption(
      new Option('--former <group/version/Kind>', 'a kind that rules no longer write: let the engine remove it')
        .argParser(former)
        .default([], 'none'),
    )
    .action(async (given: ManifestFlags) => {
      const { outputDir, image, watchNamespace, only, plural: plurals, webhookUrl, webhookSecret, ...flags } = given;
      const { manifests } = await import('./commands/manifests.js');
      const isAsked = flags.webhooks || webhookUrl !== undefined || webhookSecret !== undefined;
      const webhooks =
        isAsked || only.includes('webhooks') ? { url: webhookUrl?.href, secret: webhookSecret } : undefined;
      await run(manifests, { ...flags, webhooks, parts: only, plurals, image, outputDir, watchNamespace });
    });
}

function namespace(value: string): string {
  if (isDnsLabel(value)) return value;
  throw new InvalidArgumentError('A namespace is at most 63 of a-z, 0-9 and -.');
}

/** The longest name that is made of it, that of a Service, has 63 characters. */
function prefix(value: string): string {
  if (/^[a-z]([-a-z0-9]{0,26}[a-z0-9])?$/.test(value)) return value;
  throw new InvalidArgumentError('It is at most 28 of a-z, 0-9 and -, and begins with a letter.');
}

/** Refuses what an unset variable of a script gives. */
function notEmpty(value: string): string {
  if (value !== '') return value;
  throw new InvalidArgumentError('It is empty.');
}

function plural(value: string, before: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const [, kind, name] = /^([a-z0-9.-]*\/[A-Za-z0-9]+)=([a-z0-9.-]+)$/.exec(value) ?? [];
  if (kind !== undefined && name !== undefined) return new Map([...before, [kind, name]]);
  throw new InvalidArgumentError('Write it as example.org/Kind=plural.');
}

function former(value: string, before: readonly KindReference[]): readonly KindReference[] {
  const [, apiVersion, kind] = /^((?:[a-z0-9.-]+\/)?v[a-z0-9]+)\/([A-Z][A-Za-z0-9]*)$/.exec(value) ?? [];
  if (apiVersion !== undefined && kind !== undefined) return [...before, { apiVersion, kind }];
  throw new InvalidArgumentError('Write it as v1/ConfigMap or apps/v1/Deployment.');
}
