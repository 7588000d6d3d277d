import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { FolderCluster } from '#adapters/files/folder-cluster.js';
import { EdictError } from '#errors/edict-error.js';
import type { KubernetesObject, ObjectKey } from '#model/object.js';

/** The folder of all clusters and charts of one test file. */
export const base = mkdtempSync(join(tmpdir(), 'edict-files-'));
const opened: FolderCluster[] = [];
after(() => {
  for (const cluster of opened) cluster.close();
  rmSync(base, { recursive: true, force: true });
});

/** A clock that a test moves. */
export const clock = { time: 1_700_000_000_000, now: () => clock.time };

export function open(name: string, mode: 'read' | 'write' = 'write'): FolderCluster {
  const cluster = FolderCluster.open({ root: join(base, name), clock, mode });
  opened.push(cluster);
  return cluster;
}

/** Runs `action` on a cluster that is then closed, as one run of the program does. */
export async function run<Result>(name: string, action: (cluster: FolderCluster) => Promise<Result>): Promise<Result> {
  const cluster = FolderCluster.open({ root: join(base, name), clock, mode: 'write' });
  try {
    return await action(cluster);
  } finally {
    cluster.close();
  }
}

export const codeOf = (action: Promise<unknown>): Promise<unknown> =>
  action.then(
    () => 'nothing was refused',
    (error: unknown) => (error instanceof EdictError ? error.code : error),
  );

export const web: ObjectKey = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'web' };

/** Deployment shop/web with a spec. */
export function deployment(spec: Record<string, unknown>, metadata: Record<string, unknown> = {}): KubernetesObject {
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', namespace: 'shop', ...metadata }, spec };
}

/** ConfigMap shop/`name`. */
export function configMap(name: string, metadata: Record<string, unknown> = {}): KubernetesObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'shop', ...metadata }, data: { a: '1' } };
}

/** An apply by manager `rule`, without force. */
export const by = (object: KubernetesObject) => ({ object, fieldManager: 'rule', force: false });

/** Metadata that makes `object` the owner. */
export const owner = ({ apiVersion, kind, metadata }: Pick<KubernetesObject, 'apiVersion' | 'kind' | 'metadata'>) => ({
  ownerReferences: [{ apiVersion, kind, name: metadata.name, uid: metadata.uid ?? '' }],
});

/** Every ConfigMap. */
export const allOf = { apiVersion: 'v1', kind: 'ConfigMap' };
