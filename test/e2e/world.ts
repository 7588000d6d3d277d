import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadConnection } from '#adapters/kubernetes/kube-config.js';
import { RestClient } from '#adapters/kubernetes/rest-client.js';
import type { ErrorCode } from '#errors/codes.js';
import { EdictError } from '#errors/edict-error.js';
import type { KubernetesObject, ObjectKey } from '#model/object.js';
import type { ControlPlane } from '../testbed/control-plane.js';
import type { Users } from '../testbed/credentials.js';
import { startControlPlane } from '../testbed/start-control-plane.js';

export const CONFIG_MAP = { apiVersion: 'v1', kind: 'ConfigMap' };
/** A field manager as those of children are named. */
export const MANAGER = 'edict:test:0123456789abcdef';

/** An API server, and a client of it. */
export interface World {
  readonly plane: ControlPlane;
  /** Of the admin. */
  readonly client: RestClient;
  clientFor(user?: string): Promise<RestClient>;
  /** What kubectl prints where it succeeds. */
  succeed(words: readonly string[]): Promise<string>;
  stop(): Promise<void>;
}

/** Starts etcd and an API server, and nothing else. */
export async function startWorld(users: Users = {}): Promise<World> {
  const plane = await startControlPlane({ users, controllerManager: false });
  const clientFor = async (user?: string): Promise<RestClient> =>
    new RestClient(await loadConnection({ variables: {}, paths: [plane.kubeconfig(user)] }));
  const client = await clientFor();
  return {
    plane,
    client,
    clientFor,
    async succeed(words) {
      const { code, out, err } = await plane.kubectl(words);
      assert.equal(code, 0, `kubectl ${words.join(' ')}: ${out}${err}`);
      return out;
    },
    async stop() {
      client.close();
      await plane.stop();
    },
  };
}

/** The name of an object in namespace default. */
export function keyOf(name: string, kind = CONFIG_MAP): ObjectKey {
  return { ...kind, namespace: 'default', name };
}

export function configMap(
  name: string,
  data: Record<string, string>,
  labels: Record<string, string> = {},
): KubernetesObject {
  return { ...CONFIG_MAP, metadata: { name, namespace: 'default', labels }, data };
}

/** Waits until something holds; the time limit of the test ends a wait in vain. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await sleep(20);
}

/** Whether an error is a refusal with this code, and says this. */
export const refusedWith = (code: ErrorCode, pattern?: RegExp) => (error: unknown) =>
  error instanceof EdictError && error.code === code && (pattern === undefined || pattern.test(error.message));
