import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import type { JsonObject } from '#model/json.js';
import type { KubernetesObject } from '#model/object.js';
import type { Scene } from './cluster-scene.js';

/** Who tries, and where it may. */
export const USER = 'mallory';
export const OWN = 'stall';

/** Values of Secrets, in the namespace of the user and in another one. */
const VALUES = { own: 'hunter2-own', vault: 'hunter2-vault' } as const;

/** What must not be touched, seen or called by anything that a user of one namespace asks for. */
export class Guarded {
  readonly port: number;
  readonly #scene: Scene;
  readonly #server: Server;
  #calls = 0;
  #before: ReadonlyMap<string, string> = new Map();

  private constructor(scene: Scene, server: Server) {
    this.#scene = scene;
    this.#server = server;
    const address = server.address();
    this.port = typeof address === 'object' && address !== null ? address.port : 0;
    server.on('connection', (socket) => {
      this.#calls++;
      socket.destroy();
    });
  }

  /** Puts namespaces and Secrets in place, lets the user have the custom resources in its own, and listens. */
  static async place(
    scene: Scene,
    kinds: readonly { readonly group: string; readonly resource: string }[],
  ): Promise<Guarded> {
    const server = createServer();
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const namespaces = [OWN, 'vault', 'square'].map((name) => ({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name },
    }));
    const secret = (name: string, namespace: string, token: string): object => ({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name, namespace },
      stringData: { token },
    });
    await scene.apply(...namespaces);
    // Nobody else makes them here, and without one there are no Pods.
    const account = { apiVersion: 'v1', kind: 'ServiceAccount' };
    await scene.apply(
      ...[OWN, 'square'].map((namespace) => ({ ...account, metadata: { name: 'default', namespace } })),
    );
    await scene.apply(
      secret('own', OWN, VALUES.own),
      secret('master', OWN, VALUES.own),
      secret('master', 'vault', VALUES.vault),
    );
    const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: USER };
    await scene.apply(
      {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'Role',
        metadata: { name: USER, namespace: OWN },
        rules: kinds.map(({ group, resource }) => ({ apiGroups: [group], resources: [resource], verbs: ['*'] })),
      },
      {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'RoleBinding',
        metadata: { name: USER, namespace: OWN },
        roleRef,
        subjects: [{ kind: 'User', name: USER }],
      },
    );
    return new Guarded(scene, server);
  }

  /** Takes note of everything outside the namespace of the user. */
  async note(): Promise<void> {
    this.#before = await this.#outside();
  }

  /** Asserts that nothing outside was written, that no value of a Secret is to be seen, and that nobody was called. */
  async assertUntouched(): Promise<void> {
    assert.deepEqual(Object.fromEntries(await this.#outside()), Object.fromEntries(this.#before));
    const shown = (await this.#all()).filter(({ kind }) => kind !== 'Secret');
    const texts = [JSON.stringify(shown), this.#scene.log, ...this.#committed()].join('\n');
    for (const value of Object.values(VALUES)) {
      const encoded = Buffer.from(value).toString('base64').replace(/=+$/, '');
      for (const form of [value, encoded]) assert.ok(!texts.includes(form), `${form} is to be seen`);
    }
    assert.equal(this.#calls, 0, 'somebody was called');
  }

  close(): void {
    this.#server.close();
  }

  /** Versions of all objects that are not the user's to ask for. */
  async #outside(): Promise<ReadonlyMap<string, string>> {
    const others = (await this.#all()).filter(({ metadata }) => metadata.namespace !== OWN);
    return new Map(
      others.map(({ kind, metadata }) => [
        `${kind}/${metadata.namespace ?? ''}/${metadata.name}`,
        `${metadata.uid} ${metadata.resourceVersion}`,
      ]),
    );
  }

  async #all(): Promise<readonly KubernetesObject[]> {
    const kinds = await this.#scene.kubectl(['api-resources', '--verbs=list', '-o', 'name']);
    // Servers renew their leases all the time and note the addresses of Services; component statuses are no objects.
    const names = kinds
      .trim()
      .split('\n')
      .filter((name) => !/^(leases|ipaddresses|componentstatuses|events\.|events$)/.test(name));
    const out = await this.#scene.kubectl([
      'get',
      [...names, 'events.v1.events.k8s.io'].join(','),
      '-A',
      '--show-managed-fields',
      '-o',
      'json',
    ]);
    return (JSON.parse(out) as { items: readonly KubernetesObject[] }).items;
  }

  /** Everything that was ever committed. */
  #committed(): readonly string[] {
    const root = join(this.#scene.edict.state, 'git');
    const names = existsSync(root) ? (readdirSync(root, { recursive: true }) as string[]) : [];
    return names
      .filter((name) => name.endsWith('.git'))
      .map((name) =>
        execFileSync('git', ['-C', join(root, name), 'log', '--all', '-p'], { encoding: 'utf8', maxBuffer: 2 ** 28 }),
      );
  }
}

/** Creates an object as the user; gives whether the API server took it. */
export async function createAs({ plane }: Scene, path: string, object: JsonObject): Promise<boolean> {
  const { status, text } = await plane.request(path, { method: 'POST', token: plane.token(USER), body: object });
  if (status === 401 || status === 403 || status >= 500) assert.fail(`${path}: ${status} ${text}`);
  return status === 201;
}

/** Waits until every object of a kind in the user's namespace tells how it is. */
export async function allLookedAt(scene: Scene, path: string): Promise<readonly KubernetesObject[]> {
  let items: readonly KubernetesObject[] = [];
  await scene.until(`everything below ${path} was looked at`, async () => {
    const { text } = await scene.plane.request(path);
    items = (JSON.parse(text) as { items: readonly KubernetesObject[] }).items;
    return items.every(({ status }) => (status as { conditions?: unknown } | undefined)?.conditions !== undefined);
  });
  return items;
}
