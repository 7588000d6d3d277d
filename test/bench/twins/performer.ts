/** What `templates/performer/performer.jsonnet` makes of facts, written by hand: what rendering would cost without a template language. */
import type { Json, JsonObject } from '#model/json.js';
import { pick, withoutEmpty } from './fields.js';

interface PerformerSpec {
  readonly avsAddress: string;
  readonly image: string;
  readonly imagePullPolicy: string;
  readonly imagePullSecrets?: Json;
  readonly config: {
    readonly grpcPort: number;
    readonly environment?: { readonly [name: string]: string };
    readonly environmentFrom?: readonly Json[];
  };
  readonly resources?: JsonObject;
  readonly scheduling?: JsonObject & { readonly nodeSelector?: JsonObject; readonly runtimeClass?: string };
  readonly hardwareRequirements?: {
    readonly gpuCount?: number;
    readonly gpuType?: string;
    readonly teeRequired?: boolean;
    readonly teeType?: string;
    readonly customLabels?: JsonObject;
  };
}

interface PodFacts {
  readonly metadata: { readonly uid: string; readonly creationTimestamp: string; readonly deletionTimestamp?: string };
  readonly status?: { readonly phase?: string };
}

/** The facts that the template looks at. */
export interface PerformerFacts {
  readonly object: {
    readonly metadata: { readonly name: string; readonly namespace: string };
    readonly spec: PerformerSpec;
  };
  readonly children: { readonly [key: string]: PodFacts };
  readonly time: string;
}

const PREFIX = 'hourglass.eigenlayer.io/';
const MILLISECONDS_TO_START = 5 * 60 * 1000;
const NODES_WITH: { readonly [type: string]: JsonObject } = {
  sgx: { 'intel.feature.node.kubernetes.io/sgx': 'true' },
  tdx: { 'intel.feature.node.kubernetes.io/tdx': 'true' },
  sev: { 'amd.feature.node.kubernetes.io/sev': 'true' },
};

export function performer(facts: PerformerFacts): Json {
  return { resources: [pod(facts), service(facts)] };
}

function pod({ object: { metadata, spec }, children, time }: PerformerFacts): JsonObject {
  const { config, scheduling = {}, hardwareRequirements: hardware = {} } = spec;
  const name = `performer-${metadata.name}`;
  const old = children[`Pod/${metadata.namespace}/${name}`];
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: metadata.namespace,
      labels: {
        app: 'hourglass-performer',
        [`${PREFIX}performer`]: metadata.name,
        [`${PREFIX}avs`]: labelValue(spec.avsAddress),
      },
      ...(old !== undefined && isLost(old, time) ? { annotations: { 'edict.dev/replace': old.metadata.uid } } : {}),
    },
    spec: withoutEmpty({
      ...pick(spec, ['imagePullSecrets']),
      ...pick(config, ['serviceAccountName']),
      ...pick(scheduling, ['affinity', 'tolerations', 'priorityClassName']),
      ...(scheduling.runtimeClass === undefined ? {} : { runtimeClassName: scheduling.runtimeClass }),
      nodeSelector: {
        ...scheduling.nodeSelector,
        ...hardware.customLabels,
        ...(hardware.teeRequired === true ? NODES_WITH[hardware.teeType ?? ''] : {}),
      },
      restartPolicy: 'Always',
      containers: [container(spec)],
    }),
  };
}

function container(spec: PerformerSpec): JsonObject {
  const { config, image, imagePullPolicy } = spec;
  return withoutEmpty({
    ...pick(config, ['command', 'args']),
    name: 'performer',
    image,
    imagePullPolicy,
    ports: [{ name: 'grpc', containerPort: config.grpcPort, protocol: 'TCP' }],
    env: environment(config),
    resources: resources(spec),
    livenessProbe: probe(config.grpcPort, 30, 10, 5),
    readinessProbe: probe(config.grpcPort, 5, 15, 1),
  });
}

function environment({ environment: values = {}, environmentFrom = [] }: PerformerSpec['config']): Json {
  const names = Object.keys(values).sort();
  return [...names.map((name) => ({ name, value: values[name] ?? '' })), ...environmentFrom];
}

function resources({
  resources: asked = {},
  hardwareRequirements: { gpuCount = 0, gpuType = 'gpu' } = {},
}: PerformerSpec): JsonObject {
  if (gpuCount === 0) return asked;
  const gpus = { [`nvidia.com/${gpuType}`]: String(gpuCount) };
  return {
    ...asked,
    requests: { ...(asked.requests as JsonObject), ...gpus },
    limits: { ...(asked.limits as JsonObject), ...gpus },
  };
}

function probe(port: number, initialDelaySeconds: number, periodSeconds: number, timeoutSeconds: number): JsonObject {
  return { grpc: { port }, initialDelaySeconds, periodSeconds, timeoutSeconds, failureThreshold: 3 };
}

function service({ object: { metadata, spec } }: PerformerFacts): JsonObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: `performer-${metadata.name}`, namespace: metadata.namespace },
    spec: {
      type: 'ClusterIP',
      selector: { [`${PREFIX}performer`]: metadata.name },
      ports: [{ name: 'grpc', port: spec.config.grpcPort, targetPort: 'grpc', protocol: 'TCP' }],
    },
  };
}

function isLost({ metadata, status }: PodFacts, time: string): boolean {
  const phase = status?.phase ?? 'Pending';
  if (metadata.deletionTimestamp !== undefined) return false;
  if (phase === 'Failed' || phase === 'Succeeded') return true;
  return phase === 'Pending' && Date.parse(time) - Date.parse(metadata.creationTimestamp) > MILLISECONDS_TO_START;
}

function labelValue(text: string): string {
  const ends = /^[-.]+|[-.]+$/g;
  return text
    .toLowerCase()
    .replace(/[^a-z0-9.-]/gu, '-')
    .replace(ends, '')
    .slice(0, 63)
    .replace(ends, '');
}
