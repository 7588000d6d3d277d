import type { Random } from '../jsonnet/random.js';

/** What a Rig asks for: `test/fixtures/rulesets/rig` says what becomes of it. */
interface RigSpec {
  readonly parts: number;
  readonly stamp: number;
  readonly text: string;
  readonly pages: number;
}

/** What a Performer asks for, as far as it is varied. */
interface PerformerSpec {
  readonly version: number;
  readonly port: number;
}

/** A custom resource that should be served, as the client wrote it last. */
export type Owner = {
  readonly namespace: string;
  readonly name: string;
} & ({ readonly kind: 'Rig'; readonly spec: RigSpec } | { readonly kind: 'Performer'; readonly spec: PerformerSpec });

/** A Secret that a Rig reads: one child stands for each. */
export interface Gear {
  readonly namespace: string;
  readonly name: string;
  readonly rig: string;
}

/** `Kind/namespace/name`, and the part of its content by which right and wrong are told apart. */
export type Children = ReadonlyMap<string, string>;

/** Where the copies of Rigs are, which no garbage collection reaches. */
export const FAR = 'rigs-far';
export const NAMESPACES = ['soak-a', 'soak-b', 'soak-c'] as const;
/** Label of a gear: the Rig that reads it. */
export const GEAR_LABEL = 'lab.example.org/rig';

export const ownerName = ({ kind, namespace, name }: Pick<Owner, 'kind' | 'namespace' | 'name'>): string =>
  `${kind}/${namespace}/${name}`;

/** The children of an owner: written down a second time, apart from the templates, so that the two can disagree. */
export function childrenOf(owner: Owner, gears: readonly Gear[]): Children {
  const { kind, namespace, name, spec } = owner;
  if (kind === 'Performer')
    return new Map([
      [`Pod/${namespace}/performer-${name}`, podContent(imageOf(spec.version), spec.port)],
      [`Service/${namespace}/performer-${name}`, String(spec.port)],
    ]);
  const { parts, stamp, text } = spec;
  const own = gears.filter((gear) => gear.namespace === namespace && gear.rig === name);
  return new Map([
    [`Pod/${namespace}/${name}-motor`, podContent(`example.org/motor:v${stamp}`)],
    ...upTo(parts).map((index) => [`ConfigMap/${namespace}/${name}-part-${index}`, JSON.stringify({ text })] as const),
    [`ConfigMap/${FAR}/${namespace}.${name}`, JSON.stringify({ stamp: String(stamp), text })],
    ...own.map(
      (gear) => [`ConfigMap/${namespace}/${name}-gear-${gear.name}`, JSON.stringify({ gear: gear.name })] as const,
    ),
  ]);
}

/** What of a Pod is compared. */
export function podContent(image: string, port?: number): string {
  return `${image} ${port ?? ''}`;
}

/** The files of an owner, by path. */
export function filesOf({ kind, namespace, name, spec }: Owner): ReadonlyMap<string, string> {
  if (kind === 'Performer') return new Map();
  return new Map(
    upTo(spec.pages).map((page) => [`rigs/${namespace}/${name}-${page}.yaml`, `page: ${page}\ntext: ${spec.text}\n`]),
  );
}

/** An object as kubectl would apply it. */
export function manifestOf(owner: Owner): object {
  const { kind, namespace, name, spec } = owner;
  const metadata = { namespace, name };
  if (kind === 'Rig') return { apiVersion: 'lab.example.org/v1', kind, metadata, spec };
  return {
    apiVersion: 'hourglass.eigenlayer.io/v1alpha1',
    kind,
    metadata,
    spec: {
      avsAddress: `0x${'12'.repeat(20)}`,
      image: imageOf(spec.version),
      version: `v${spec.version}`,
      config: { grpcPort: spec.port },
    },
  };
}

/** Path of the collection of a kind in a namespace. */
export function pathOf(kind: Owner['kind'], namespace: string): string {
  return kind === 'Rig'
    ? `/apis/lab.example.org/v1/namespaces/${namespace}/rigs`
    : `/apis/hourglass.eigenlayer.io/v1alpha1/namespaces/${namespace}/performers`;
}

/** Another wish for the same object. Half of the changes of a Rig make no new Pod. */
export function changed(owner: Owner, random: Random): Owner {
  if (owner.kind === 'Performer') {
    const { version, port } = owner.spec;
    const isUpgrade = random.chance(0.5);
    return { ...owner, spec: { version: version + (isUpgrade ? 1 : 0), port: isUpgrade ? port : port + 1 } };
  }
  const { stamp } = owner.spec;
  return { ...owner, spec: { ...randomRig(random), stamp: stamp + (random.chance(0.5) ? 1 : 0) } };
}

/** A new owner. */
export function created(kind: Owner['kind'], namespace: string, name: string, random: Random): Owner {
  if (kind === 'Rig') return { kind, namespace, name, spec: randomRig(random) };
  return { kind, namespace, name, spec: { version: 1, port: 9000 + random.below(90) } };
}

function randomRig(random: Random): RigSpec {
  return { parts: random.below(4), stamp: 1, text: `text-${random.below(1_000_000)}`, pages: random.below(3) };
}

const imageOf = (version: number): string => `ghcr.io/acme/feed:v${version}`;
const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index + 1);
