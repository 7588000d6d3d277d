import type { KubernetesObject } from '#model/object.js';
import type { ControlPlane } from '../testbed/control-plane.js';
import { podContent } from './model.js';

/** The kinds that have children, with the paths of all their objects. */
export const CHILD_PATHS = {
  Pod: '/api/v1/pods',
  Service: '/api/v1/services',
  ConfigMap: '/api/v1/configmaps',
} as const;
/** The kinds that have owners. */
export const OWNER_PATHS = {
  Rig: '/apis/lab.example.org/v1/rigs',
  Performer: '/apis/hourglass.eigenlayer.io/v1alpha1/performers',
} as const;

/** All objects of a kind, as the API server has them now. */
export async function listAll(plane: ControlPlane, path: string): Promise<readonly KubernetesObject[]> {
  const { status, text } = await plane.request(path);
  if (status !== 200) throw new Error(`GET ${path}: ${status} ${text}`);
  return (JSON.parse(text) as { items: readonly KubernetesObject[] }).items;
}

/** `Kind/namespace/name`, as the model calls children and owners. */
export const nameIn = (kind: string, { metadata }: KubernetesObject): string =>
  `${kind}/${metadata.namespace ?? ''}/${metadata.name}`;

interface Content {
  readonly data?: Readonly<Record<string, string>>;
  readonly spec?: {
    readonly containers?: readonly {
      readonly image: string;
      readonly ports?: readonly { readonly containerPort: number }[];
    }[];
    readonly ports?: readonly { readonly port: number }[];
  };
}

/** What of a live child is compared with the model. */
export function contentOf(kind: string, object: KubernetesObject): string {
  const { data = {}, spec } = object as Content;
  const [container] = spec?.containers ?? [];
  if (kind === 'Pod') return podContent(container?.image ?? '', container?.ports?.[0]?.containerPort);
  if (kind === 'Service') return String(spec?.ports?.[0]?.port);
  return JSON.stringify(Object.fromEntries(Object.entries(data).sort(([left], [right]) => (left < right ? -1 : 1))));
}
