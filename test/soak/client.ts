import type { Random } from '../jsonnet/random.js';
import type { ControlPlane } from '../testbed/control-plane.js';
import {
  type Children,
  changed,
  childrenOf,
  created,
  GEAR_LABEL,
  type Gear,
  manifestOf,
  NAMESPACES,
  type Owner,
  ownerName,
  pathOf,
} from './model.js';
import type { Timeline } from './timeline.js';

const MERGE = 'application/merge-patch+json';
/** Owners of each kind that there are at most in a namespace: enough of them go for others to come back under their names. */
const NAMES = 14;
const KINDS = ['Rig', 'Performer'] as const;

/** What the client did, by what it is called. */
export type Deeds = Map<string, number>;

/**
 * Somebody who uses the cluster: creates, changes and deletes custom resources and what they read, and now and then
 * meddles with children. It knows what it should have; it asks the API server itself, past all faults.
 */
export class Client {
  readonly owners = new Map<string, Owner>();
  readonly gears = new Map<string, Gear>();
  readonly deeds: Deeds = new Map();
  /** Uids of the children that it deleted by hand. */
  readonly removed = new Set<string>();
  readonly #plane: ControlPlane;
  readonly #timeline: Timeline;
  readonly #random: Random;

  constructor(plane: ControlPlane, timeline: Timeline, random: Random) {
    this.#plane = plane;
    this.#timeline = timeline;
    this.#random = random;
  }

  /** How much it has done. */
  get sum(): number {
    return [...this.deeds.values()].reduce((sum, count) => sum + count, 0);
  }

  /** Does one thing; where the cluster does not let it, such as creating what is still on its way out, another one. */
  async act(): Promise<void> {
    for (const before = this.sum; this.sum === before; ) {
      const dice = this.#random.next();
      if (dice < 0.3) await this.#create();
      else if (dice < 0.68) await this.#change();
      else if (dice < 0.84) await this.#delete();
      else if (dice < 0.94) await this.#turnGear();
      else await this.#meddle();
    }
  }

  /** Deletes all that it has. */
  async leave(): Promise<void> {
    for (const owner of this.owners.values()) await this.#remove(owner);
    for (const { namespace, name } of this.gears.values())
      await this.#ask('DELETE', `/api/v1/namespaces/${namespace}/secrets/${name}`, undefined, [200]);
    this.gears.clear();
  }

  /** The children that there should be, all together. */
  children(): Children {
    return new Map([...this.owners.values()].flatMap((owner) => [...this.#childrenOf(owner)]));
  }

  async #create(): Promise<void> {
    const [kind, namespace] = [this.#random.pick(KINDS), this.#random.pick(NAMESPACES)];
    const owner = created(kind, namespace, `${kind.toLowerCase()}-${this.#random.below(NAMES)}`, this.#random);
    if (this.owners.has(ownerName(owner))) return this.#change();
    const wanted = this.#childrenOf(owner);
    await this.#send('create', { before: new Map(), after: wanted }, async () => {
      const body = manifestOf(owner);
      const status = await this.#ask('POST', pathOf(kind, namespace), body, [201, 409]);
      // The one before it is still on its way out.
      if (status === 409) return false;
      this.owners.set(ownerName(owner), owner);
      return true;
    });
  }

  async #change(): Promise<void> {
    const owner = this.#pickOwner();
    if (owner === undefined) return;
    const next = changed(owner, this.#random);
    const { spec } = manifestOf(next) as { spec: object };
    await this.#send('change', { before: this.#childrenOf(owner), after: this.#childrenOf(next) }, async () => {
      await this.#ask('PATCH', `${pathOf(owner.kind, owner.namespace)}/${owner.name}`, { spec }, [200]);
      this.owners.set(ownerName(next), next);
      return true;
    });
  }

  async #delete(): Promise<void> {
    const owner = this.#pickOwner();
    if (owner !== undefined) await this.#remove(owner);
  }

  async #remove(owner: Owner): Promise<void> {
    await this.#send('delete', { before: this.#childrenOf(owner), after: new Map() }, async () => {
      await this.#ask('DELETE', `${pathOf(owner.kind, owner.namespace)}/${owner.name}`, undefined, [200]);
      this.owners.delete(ownerName(owner));
      return true;
    });
  }

  /** Adds a Secret for a Rig to read, or removes one. */
  async #turnGear(): Promise<void> {
    const rig = this.#pickOwner('Rig');
    if (rig === undefined) return;
    const { namespace } = rig;
    const name = `gear-${this.#random.below(40)}`;
    const known = this.gears.get(`${namespace}/${name}`);
    const owner = known === undefined ? rig : this.owners.get(`Rig/${namespace}/${known.rig}`);
    const gears = new Map(this.gears);
    if (known === undefined) gears.set(`${namespace}/${name}`, { namespace, name, rig: rig.name });
    else gears.delete(`${namespace}/${name}`);
    const before = owner === undefined ? new Map() : this.#childrenOf(owner);
    const after = owner === undefined ? new Map() : childrenOf(owner, [...gears.values()]);
    await this.#send('gear', { before, after }, async () => {
      const path = `/api/v1/namespaces/${namespace}/secrets`;
      const metadata = { name, labels: { [GEAR_LABEL]: rig.name } };
      if (known === undefined) await this.#ask('POST', path, { apiVersion: 'v1', kind: 'Secret', metadata }, [201]);
      else await this.#ask('DELETE', `${path}/${name}`, undefined, [200]);
      if (known === undefined) this.gears.set(`${namespace}/${name}`, { namespace, name, rig: rig.name });
      else this.gears.delete(`${namespace}/${name}`);
      return true;
    });
  }

  /** Deletes a child by hand, or what it holds. */
  async #meddle(): Promise<void> {
    const [child] = this.#random.pick([...this.children()]) ?? [];
    const [kind, namespace, name] = child?.split('/') ?? [];
    if (kind === undefined) return;
    const path = `/api/v1/namespaces/${namespace}/${kind.toLowerCase()}s/${name}`;
    const { status, text } = await this.#plane.request(path);
    if (status !== 200) return;
    const { metadata, data = {} } = JSON.parse(text) as { metadata: { uid: string }; data?: object };
    const { uid } = metadata;
    this.#count('meddle');
    if (kind === 'ConfigMap' && this.#random.chance(0.5)) {
      // A value of somebody else would be a conflict where the owner asks for another one before it is put right.
      const nothing = Object.fromEntries(Object.keys(data).map((key) => [key, null]));
      await this.#ask('PATCH', path, { metadata: { uid }, data: nothing }, [200, 404, 409, 422]);
      return;
    }
    this.removed.add(uid);
    await this.#ask('DELETE', path, { preconditions: { uid } }, [200, 202, 404, 409]);
  }

  async #send(
    deed: string,
    { before, after }: { readonly before: Children; readonly after: Children },
    send: () => Promise<boolean>,
  ): Promise<void> {
    const sent = performance.now();
    if (!(await send())) return;
    this.#timeline.note(before, after, sent);
    this.#count(deed);
  }

  #count(deed: string): void {
    this.deeds.set(deed, (this.deeds.get(deed) ?? 0) + 1);
  }

  #childrenOf(owner: Owner): Children {
    return childrenOf(owner, [...this.gears.values()]);
  }

  #pickOwner(kind?: Owner['kind']): Owner | undefined {
    const owners = [...this.owners.values()].filter((owner) => kind === undefined || owner.kind === kind);
    return owners.length === 0 ? undefined : this.#random.pick(owners);
  }

  async #ask(
    method: 'POST' | 'PATCH' | 'DELETE',
    path: string,
    body: unknown,
    expected: readonly number[],
  ): Promise<number> {
    const contentType = method === 'PATCH' ? { contentType: MERGE } : {};
    const { status, text } = await this.#plane.request(path, { method, body, ...contentType });
    if (!expected.includes(status)) throw new Error(`${method} ${path}: ${status} ${text}`);
    return status;
  }
}
