import { equalJson, type Json } from '#model/json.js';
import type { KubernetesObject } from '#model/object.js';
import type { ResourceRead } from '#model/rule.js';
import { type Search, searchOf, valuesFor } from './binding.js';
import type { ClusterReader } from './cluster-reader.js';
import { projection } from './visible.js';

/** What one read finds for `owner`: an object or null where it names one, else a list sorted by namespace and name. */
export async function readRelated(read: ResourceRead, owner: KubernetesObject, cluster: ClusterReader): Promise<Json> {
  const search = searchOf(read, owner);
  if (read.selection.by === 'name') {
    const found = search === undefined ? undefined : await findNamed(read, search, cluster);
    return found === undefined ? null : projection(found, read.fields);
  }
  const found = search === undefined ? [] : await findAll(read, search, cluster);
  return found.map((object) => projection(object, read.fields));
}

/** Where several namespaces have an object of that name, the oldest is meant: creationTimestamp, then uid. */
async function findNamed(
  read: ResourceRead,
  search: Search,
  cluster: ClusterReader,
): Promise<KubernetesObject | undefined> {
  const { apiVersion, kind } = read;
  const [name = ''] = search.values;
  if (search.namespace !== undefined) {
    return (await cluster.get({ apiVersion, kind, ...namespaceOf(search), name })) ?? undefined;
  }
  const named = (await cluster.list({ apiVersion, kind })).filter(({ metadata }) => metadata.name === name);
  return named.sort((left, right) => (age(left) < age(right) ? -1 : 1))[0];
}

async function findAll(
  read: ResourceRead,
  search: Search,
  cluster: ClusterReader,
): Promise<readonly KubernetesObject[]> {
  const { apiVersion, kind, selection } = read;
  const labels =
    selection.by === 'labels'
      ? Object.fromEntries(Object.keys(selection.labels).map((label, index) => [label, search.values[index] ?? '']))
      : undefined;
  const found = await cluster.list({
    apiVersion,
    kind,
    ...namespaceOf(search),
    ...(labels === undefined ? {} : { labels }),
  });
  const inside = search.namespace === '' ? found.filter(({ metadata }) => metadata.namespace === undefined) : found;
  if (selection.by !== 'fields') return inside;
  return inside.filter((object) => equalJson(valuesFor(read, object) as Json, search.values as Json));
}

/** An object without a namespace is asked for without one. */
function namespaceOf({ namespace }: Search): { readonly namespace?: string } {
  return namespace === undefined || namespace === '' ? {} : { namespace };
}

function age({ metadata }: KubernetesObject): string {
  return `${metadata.creationTimestamp ?? ''} ${metadata.uid ?? ''}`;
}
