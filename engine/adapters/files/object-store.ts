import { EdictError } from '#errors/edict-error.js';
import type { Fault } from '#errors/fault.js';
import { type Clock, formatTime } from '#model/clock.js';
import { identityOf, type KubernetesObject, keyOf, type ObjectKey, type ObjectMetadata } from '#model/object.js';
import { stamp } from './object-change.js';
import { ObjectFiles } from './object-files.js';
import { kindFolder, objectPath } from './object-path.js';
import { ObjectTable } from './object-table.js';

/** One change, told in the order of resource versions. */
export interface ObjectEvent {
  readonly type: 'Added' | 'Modified' | 'Deleted';
  readonly object: KubernetesObject;
  readonly oldObject: KubernetesObject | undefined;
}

/** Where objects are kept, and how. */
export interface ObjectStoreOptions {
  readonly root: string;
  readonly clock: Clock;
  readonly mode: 'read' | 'write';
  readonly durable?: boolean;
}

/**
 * Objects in memory and in files, with resource versions, deletion and garbage collection. Every method is synchronous:
 * nothing comes between a read and the write that follows from it.
 */
export class ObjectStore {
  readonly table = new ObjectTable();
  readonly #clock: Clock;
  readonly #files: ObjectFiles;
  readonly #writable: boolean;
  readonly #listeners = new Set<(event: ObjectEvent) => void>();
  readonly #events: ObjectEvent[] = [];
  readonly #faults = new Map<string, readonly Fault[]>();
  /** Identity of the object of each file. */
  readonly #identities = new Map<string, string>();
  #version = 0;
  #telling = false;

  constructor({ root, clock, mode, durable = false }: ObjectStoreOptions) {
    this.#clock = clock;
    this.#files = new ObjectFiles(root, durable);
    this.#writable = mode === 'write';
    if (this.#writable) this.#files.prepare();
    this.#version = this.#files.readVersion();
    this.refresh();
  }

  /** Faults of the files that hold no object. */
  get faults(): readonly Fault[] {
    return [...this.#faults.values()].flat();
  }

  get time(): string {
    return formatTime(this.#clock.now());
  }

  /** Calls `listener` for every change from now on, until the function it gives is called. */
  watch(listener: (event: ObjectEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Takes over what was changed in the files since they were last read. */
  refresh(): void {
    const { objects, faults, gone } = this.#files.readChanged();
    const stored = [...objects].map(([path, object]) => ({ path, ...object }));
    for (const { object } of stored)
      this.#version = Math.max(this.#version, Number(object.metadata.resourceVersion) || 0);
    this.#faults.clear();
    for (const [path, list] of faults) this.#faults.set(path, list);
    for (const { path, object } of stored.filter(({ edited }) => !edited)) this.#put(object, path);
    for (const { object } of stored.filter(({ edited }) => edited)) this.#adopt(object);
    for (const path of gone) {
      const object = this.table.byIdentity(this.#identities.get(path) ?? '');
      if (object !== undefined) this.destroy(object);
    }
    this.#collectOrphans();
  }

  /** Throws the faults of files that hold objects of this kind: what is read is never partial. */
  assertReadable(key: Omit<ObjectKey, 'name'> & { readonly name?: string }): void {
    const faults = this.faultsOf(key);
    if (faults.length > 0) throw new EdictError(faults);
  }

  /** The faults of files that hold objects of this kind, or this object. */
  faultsOf(key: Omit<ObjectKey, 'name'> & { readonly name?: string }): readonly Fault[] {
    const [, kind] = kindFolder(key).split('/');
    return [...this.#faults].flatMap(([path, list]) => {
      const [scope, folder] = path.split('/');
      const concerned = folder === kind && (key.namespace === undefined || scope === kindFolder(key).split('/')[0]);
      if (key.name !== undefined) return path === objectPath({ ...key, name: key.name }) ? list : [];
      return concerned ? list : [];
    });
  }

  /** Stores `next` in the place of `old` and gives it as stored; `dryRun` only gives it. */
  save(old: KubernetesObject | undefined, next: KubernetesObject, dryRun = false): KubernetesObject {
    const version = dryRun ? this.#version + 1 : ++this.#version;
    const object = stamp(old, next, { version, time: this.time });
    if (dryRun) return object;
    if (this.#writable) this.#files.write(object);
    this.#put(object, objectPath(keyOf(object)));
    return object;
  }

  /** Asks for the deletion of an object: it goes at once, or when its last finalizer does. */
  requestDeletion(object: KubernetesObject): void {
    if ((object.metadata.finalizers ?? []).length === 0) this.destroy(object);
    else if (object.metadata.deletionTimestamp === undefined) {
      this.save(object, { ...object, metadata: { ...object.metadata, deletionTimestamp: this.time } });
    }
  }

  /** Removes an object and, as the garbage collector would, whatever has no other owner. */
  destroy(object: KubernetesObject): void {
    const removed = { ...object, metadata: { ...object.metadata, resourceVersion: String(++this.#version) } };
    if (this.#writable) this.#files.remove(object, this.#version);
    this.#identities.delete(objectPath(keyOf(object)));
    this.table.remove(identityOf(keyOf(object)));
    this.#tell({ type: 'Deleted', object: removed, oldObject: object });
    for (const dependent of this.table.ownedBy(object.metadata.uid ?? '')) this.#dropOwners(dependent);
  }

  /** Takes the owner `uid` from whatever names it. */
  orphan(uid: string): void {
    for (const dependent of this.table.ownedBy(uid))
      this.save(
        dependent,
        withoutOwners(dependent, (owner) => owner === uid),
      );
  }

  /** Deletes a dependent whose owners are all gone, or takes those that are gone from it. */
  #dropOwners(dependent: KubernetesObject): void {
    const current = this.table.get(keyOf(dependent));
    if (current === undefined) return;
    const left = withoutOwners(current, (owner) => this.table.withUid(owner) === undefined);
    if (left.metadata.ownerReferences === undefined) this.requestDeletion(current);
    else this.save(current, left);
  }

  /** Ends the deletions that a killed process left half done. A file that cannot be read may be an owner. */
  #collectOrphans(): void {
    if (!this.#writable || this.#faults.size > 0) return;
    for (const object of this.table.all()) {
      const { ownerReferences = [], deletionTimestamp, finalizers = [] } = object.metadata;
      if (this.table.get(keyOf(object)) !== object) continue;
      if (deletionTimestamp !== undefined && finalizers.length === 0) this.destroy(object);
      else if (ownerReferences.some(({ uid }) => this.table.withUid(uid) === undefined)) this.#dropOwners(object);
    }
  }

  /** Takes in an object that somebody wrote or edited by hand. A copy of another object is a new one. */
  #adopt(edited: KubernetesObject): void {
    const { apiVersion, kind, metadata } = edited;
    const old = this.table.get(keyOf(edited));
    const twin = this.table.withUid(metadata.uid ?? '');
    if (old !== undefined) this.save(old, edited);
    else if (metadata.uid === undefined || twin !== undefined) this.save(undefined, asNew(edited));
    // What it was before is not known: take the whole content as changed.
    else this.save({ apiVersion, kind, metadata }, edited);
  }

  #put(object: KubernetesObject, path: string): void {
    const oldObject = this.table.get(keyOf(object));
    this.table.put(object);
    this.#tell({ type: oldObject === undefined ? 'Added' : 'Modified', object, oldObject });
    this.#identities.set(path, identityOf(keyOf(object)));
  }

  /** Tells every listener of every change in order, also of those that listeners make. */
  #tell(event: ObjectEvent): void {
    this.#events.push(event);
    if (this.#telling) return;
    this.#telling = true;
    try {
      for (let next = this.#events.shift(); next !== undefined; next = this.#events.shift()) {
        for (const listener of this.#listeners) listener(next);
      }
    } finally {
      this.#telling = false;
    }
  }
}

function withoutOwners(object: KubernetesObject, isGone: (uid: string) => boolean): KubernetesObject {
  const { ownerReferences = [], ...metadata } = object.metadata;
  const left = ownerReferences.filter(({ uid }) => !isGone(uid));
  return { ...object, metadata: left.length === 0 ? metadata : { ...metadata, ownerReferences: left } };
}

function asNew(object: KubernetesObject): KubernetesObject {
  const { uid, resourceVersion, generation, creationTimestamp, deletionTimestamp, managedFields, ...metadata } =
    object.metadata as ObjectMetadata;
  return { ...object, metadata };
}
