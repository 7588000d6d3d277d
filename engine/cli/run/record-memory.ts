import { isInventoryKey } from '#model/inventory.js';
import { identityOf, type KubernetesObject, keyOf } from '#model/object.js';
import type { ClusterReader } from '#observe/cluster-reader.js';
import type { ClusterWriter } from '#publish/cluster-writer.js';

/**
 * A cluster whose records of what rules wrote are in the namespace `home`, and are read once: every pass asks for one,
 * and only this process writes them while it leads. Who leads no more ends, so what is remembered is never of before.
 */
export function rememberRecords(
  cluster: ClusterReader & ClusterWriter,
  home: string,
): {
  readonly cluster: ClusterReader;
  readonly writer: ClusterWriter;
} {
  const records = new Map<string, Promise<KubernetesObject | null>>();
  const reader: ClusterReader = {
    availability: (kind) => cluster.availability(kind),
    remedyFor: async (kind) => cluster.remedyFor?.(kind),
    list: (query) => cluster.list(query),
    server: () => cluster.server(),
    get: (key, extent) => {
      if (!isInventoryKey(key)) return cluster.get(key, extent);
      const identity = identityOf(key);
      const known = records.get(identity);
      if (known !== undefined) return known;
      const asked = cluster.get({ ...key, namespace: home });
      records.set(identity, asked);
      asked.catch(() => records.delete(identity));
      return asked;
    },
  };
  const writer: ClusterWriter = {
    delete: (request) => cluster.delete(request),
    updateStatus: (request) => cluster.updateStatus(request),
    updateFinalizers: (request) => cluster.updateFinalizers(request),
    apply: async (request) => {
      const { object } = request;
      const key = keyOf(object);
      if (!isInventoryKey(key)) return cluster.apply(request);
      const metadata = { ...object.metadata, namespace: home };
      const applied = await cluster.apply({ ...request, object: { ...object, metadata } });
      records.set(identityOf(key), Promise.resolve(applied));
      return applied;
    },
  };
  return { cluster: reader, writer };
}
