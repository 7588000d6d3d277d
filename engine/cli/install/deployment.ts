import type { JsonObject } from '#model/json.js';
import { type InstallOptions, metadataOf, nameOf, PORTS, selectorOf } from './install-names.js';

/** Where the image has the rule set, and what may be written: nothing else may. */
const RULES = '/rules';
const STATE = '/var/lib/edict';
const CERTIFICATES = '/etc/edict/webhook';

/** The namespace of the engine. Its Pods keep to the strictest of the Pod security standards. */
export function namespaceObject(options: InstallOptions): JsonObject {
  const labels = {
    'app.kubernetes.io/instance': options.name,
    'app.kubernetes.io/name': 'edict',
    'pod-security.kubernetes.io/enforce': 'restricted',
  };
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { labels, name: options.namespace } };
}

/** The engine. */
export function deployment(options: InstallOptions): JsonObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: metadataOf(options, 'controller-manager', 'Namespaced'),
    spec: {
      replicas: 1,
      selector: { matchLabels: selectorOf(options) },
      template: {
        metadata: {
          annotations: {
            'kubectl.kubernetes.io/default-container': 'manager',
            'prometheus.io/path': '/metrics',
            'prometheus.io/port': String(PORTS.metrics),
            'prometheus.io/scrape': 'true',
          },
          labels: selectorOf(options),
        },
        spec: {
          containers: [container(options)],
          securityContext: {
            fsGroup: 65_532,
            runAsGroup: 65_532,
            runAsNonRoot: true,
            runAsUser: 65_532,
            seccompProfile: { type: 'RuntimeDefault' },
          },
          serviceAccountName: nameOf(options, 'controller-manager'),
          terminationGracePeriodSeconds: 30,
          volumes: [{ emptyDir: {}, name: 'state' }, { emptyDir: {}, name: 'tmp' }, ...certificates(options)],
        },
      },
    },
  };
}

function container(options: InstallOptions): JsonObject {
  const { webhooks } = options;
  const mount = { mountPath: CERTIFICATES, name: 'webhook-certificates', readOnly: true };
  return {
    args: argumentsOf(options),
    env: environmentOf(options),
    image: options.image,
    imagePullPolicy: 'IfNotPresent',
    // Who calls webhooks learns only after a while that this Pod ends.
    ...(webhooks === undefined ? {} : { lifecycle: { preStop: { sleep: { seconds: 5 } } } }),
    livenessProbe: probe('/healthz', { initialDelaySeconds: 15, periodSeconds: 20 }),
    name: 'manager',
    ports: [
      { containerPort: PORTS.metrics, name: 'metrics', protocol: 'TCP' },
      { containerPort: PORTS.health, name: 'health', protocol: 'TCP' },
      ...(webhooks ? [{ containerPort: PORTS.webhook, name: 'webhook', protocol: 'TCP' }] : []),
    ],
    readinessProbe: probe('/readyz', { initialDelaySeconds: 5, periodSeconds: 10 }),
    // No limit of CPU: it would stretch a start, which is all computation, and protects nobody that requests do not.
    resources: { limits: { memory: '1Gi' }, requests: { cpu: '100m', memory: '256Mi' } },
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      readOnlyRootFilesystem: true,
    },
    volumeMounts: [
      { mountPath: STATE, name: 'state' },
      { mountPath: '/tmp', name: 'tmp' },
      ...(webhooks?.secret === undefined ? [] : [mount]),
    ],
  };
}

function argumentsOf({ name, webhooks }: InstallOptions): string[] {
  return [
    `--root=${RULES}`,
    `--state=${STATE}`,
    'run',
    '--leader-elect',
    `--metrics-bind-address=:${PORTS.metrics}`,
    `--health-probe-bind-address=:${PORTS.health}`,
    ...(webhooks === undefined ? [] : [`--webhook-bind-address=:${PORTS.webhook}`, `--webhook-name=${name}`]),
    ...(webhooks?.url === undefined ? [] : [`--webhook-url=${webhooks.url}`]),
    ...(webhooks?.secret === undefined ? [] : [`--webhook-cert-dir=${CERTIFICATES}`]),
  ];
}

function environmentOf({ watchNamespace, webhooks }: InstallOptions): JsonObject[] {
  // The version is the default, but left out it conflicts with what `kubectl apply` made of another copy.
  const field = (name: string, fieldPath: string): JsonObject => ({
    name,
    valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath } },
  });
  return [
    { name: 'LOG_LEVEL', value: 'info' },
    { name: 'LOG_FORMAT', value: 'json' },
    { name: 'XDG_CACHE_HOME', value: `${STATE}/cache` },
    ...(watchNamespace === undefined ? [] : [{ name: 'NAMESPACE', value: watchNamespace }]),
    ...(webhooks ? [{ name: 'ENABLE_WEBHOOKS', value: 'true' }] : []),
    field('POD_NAMESPACE', 'metadata.namespace'),
    field('POD_NAME', 'metadata.name'),
    field('NODE_NAME', 'spec.nodeName'),
  ];
}

function probe(path: string, times: { readonly [field: string]: number }): JsonObject {
  return { failureThreshold: 3, httpGet: { path, port: 'health' }, ...times, timeoutSeconds: 5 };
}

/** A certificate that somebody else makes; the one that the engine makes is in no file. */
function certificates({ webhooks }: InstallOptions): JsonObject[] {
  if (webhooks?.secret === undefined) return [];
  return [{ name: 'webhook-certificates', secret: { secretName: webhooks.secret } }];
}
