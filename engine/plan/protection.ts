import type { Installation } from '#model/installation.js';
import { isSameKind, type KubernetesObject } from '#model/object.js';

/** Why `edict.yaml` lets an object never be deleted, by what it is now; undefined where it may be. */
export function whyProtected(
  { apiVersion, kind, metadata }: KubernetesObject,
  { kinds, labels: protecting }: Installation['protected'],
): string | undefined {
  const { labels = {} } = metadata;
  if (kinds.some((candidate) => isSameKind(candidate, { apiVersion, kind }))) return `kind ${kind}`;
  const label = Object.entries(protecting).find(([name, value]) => labels[name] === value);
  return label === undefined ? undefined : `label ${label.join('=')}`;
}
