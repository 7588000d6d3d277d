import { join } from 'node:path';
import { EdictError } from '#errors/edict-error.js';
import type { Fault } from '#errors/fault.js';
import { compareText, equalJson, type Json } from '#model/json.js';
import {
  asJson,
  formatKey,
  type KindReference,
  type KubernetesObject,
  keyOf,
  kindIdentity,
  type ObjectKey,
} from '#model/object.js';
import type { Availability, ClusterReader, ObjectQuery } from '#observe/cluster-reader.js';
import type {
  ApplyRequest,
  ClusterWriter,
  DeleteRequest,
  FinalizerRequest,
  StatusRequest,
} from '#publish/cluster-writer.js';
import { makeFolder } from '#wasm/make-folder.js';
import { FolderLock } from './folder-lock.js';
import { applyChange, assertStorable } from './object-change.js';
import { type ObjectEvent, ObjectStore, type ObjectStoreOptions } from './object-store.js';

/** The Kubernetes version that a folder cluster stands for. */
const FOLDER_CLUSTER_VERSION = 'v1.36.0';
/** Field manager of what a user applies with the CLI. */
export const CLI_FIELD_MANAGER = 'edict-cli';

/** A kind that a cluster serves. */
export interface ServedKind extends KindReference {
  readonly namespaced: boolean;
}

/**
 * A folder as the cluster: one YAML file per object, which a user may read and edit. It keeps resource versions,
 * generations, finalizers, owners, field managers and status as an API server does, and knows no schemas, namespaces,
 * defaults or admission. An object reads in any version of its group, unconverted. Options: `mode: 'write'` takes the
 * folder's lock (FolderLocked), `durable` waits for the disk; a killed process loses nothing either way.
 */
export class FolderCluster implements ClusterReader, ClusterWriter {
  readonly #store: ObjectStore;
  readonly #lock: FolderLock | undefined;
  readonly #kinds = new Map<string, ServedKind>();

  private constructor(store: ObjectStore, lock: FolderLock | undefined) {
    this.#store = store;
    this.#lock = lock;
  }

  /** Reads the whole folder, which need not exist. Files that hold no object are in `faults`. */
  static open(options: ObjectStoreOptions): FolderCluster {
    if (options.mode === 'read') return new FolderCluster(new ObjectStore(options), undefined);
    makeFolder(options.root);
    const lock = FolderLock.acquire(join(options.root, '.lock'));
    return new FolderCluster(new ObjectStore(options), lock);
  }

  /** Gives the lock up. */
  close(): void {
    this.#lock?.release();
  }

  /** Faults of the files that hold no object. Reading their kind throws them. */
  get faults(): readonly Fault[] {
    return this.#store.faults;
  }

  /** Makes kinds ready that have no object yet. */
  serve(kinds: readonly ServedKind[]): void {
    for (const kind of kinds) this.#kinds.set(kindIdentity(kind), kind);
  }

  /** Calls `listener` for every change from now on; the function it gives ends that. */
  watch(listener: (event: ObjectEvent) => void): () => void {
    return this.#store.watch(listener);
  }

  /** Takes over what was edited in the folder since it was read. */
  refresh(): void {
    this.#store.refresh();
  }

  async availability(kind: KindReference): Promise<Availability> {
    const served = this.#kinds.has(kindIdentity(kind)) || this.#store.table.hasKind(kind);
    return served ? 'ready' : 'absent';
  }

  async get(key: ObjectKey): Promise<KubernetesObject | null> {
    this.#store.assertReadable(key);
    const object = this.#store.table.get(key);
    return object === undefined ? null : inVersion(object, key.apiVersion);
  }

  async list(query: ObjectQuery): Promise<readonly KubernetesObject[]> {
    this.#store.assertReadable(query);
    return this.#store.table.list(query).map((object) => inVersion(object, query.apiVersion));
  }

  /** The objects of a kind that can be read, and why others cannot: for who works on each by itself. */
  readable(kind: KindReference): { readonly objects: readonly KubernetesObject[]; readonly faults: readonly Fault[] } {
    const objects = this.#store.table.list(kind).map((object) => inVersion(object, kind.apiVersion));
    return { objects, faults: this.#store.faultsOf(kind) };
  }

  async server(): Promise<{ readonly version: string; readonly capabilities: readonly string[] }> {
    const kinds = [...this.#kinds.values(), ...this.#store.table.kinds];
    const capabilities = new Set(kinds.flatMap(({ apiVersion, kind }) => [apiVersion, `${apiVersion}/${kind}`]));
    return { version: FOLDER_CLUSTER_VERSION, capabilities: [...capabilities].sort(compareText) };
  }

  async apply({ object, fieldManager, force, takeFrom, dryRun = false }: ApplyRequest): Promise<KubernetesObject> {
    assertStorable(object);
    this.#assertScope(object);
    this.#store.assertReadable(keyOf(object));
    const live = this.#store.table.get(keyOf(object));
    const { uid, resourceVersion } = object.metadata;
    if (uid !== undefined && live?.metadata.uid !== uid) throw conflict(keyOf(object));
    if (resourceVersion !== undefined && live?.metadata.resourceVersion !== resourceVersion)
      throw conflict(keyOf(object));
    const next = applyChange(live, object, { manager: fieldManager, force, takeFrom, time: this.#store.time });
    return live !== undefined && next === live ? live : this.#store.save(live, next, dryRun);
  }

  /** As `kubectl apply`: of manager `edict-cli`, and into namespace `default` where a namespaced kind names none. */
  applyManifest(object: KubernetesObject): Promise<KubernetesObject> {
    const { metadata } = object;
    const namespaced = this.#kinds.get(kindIdentity(object))?.namespaced ?? false;
    const placed =
      namespaced && metadata.namespace === undefined
        ? { ...object, metadata: { ...metadata, namespace: 'default' } }
        : object;
    return this.apply({ object: placed, fieldManager: CLI_FIELD_MANAGER, force: true });
  }

  async delete({ key, uid, orphan = false }: DeleteRequest): Promise<void> {
    const object = this.#store.table.get(key);
    if (object?.metadata.uid !== uid) return;
    if (orphan) this.#store.orphan(uid);
    this.#store.requestDeletion(object);
  }

  async updateStatus({ key, uid, status }: StatusRequest): Promise<KubernetesObject> {
    const object = this.#require(key, uid);
    if (equalJson(asJson(object).status, status)) return object;
    return this.#store.save(object, { ...object, status });
  }

  async updateFinalizers({ key, uid, add = [], remove = [] }: FinalizerRequest): Promise<KubernetesObject> {
    const object = this.#require(key, uid);
    const { finalizers: before = [], ...metadata } = object.metadata;
    const added = add.filter((finalizer) => !before.includes(finalizer));
    const terminating = metadata.deletionTimestamp !== undefined;
    if (terminating && added.length > 0) throw terminatingFault(key);
    const finalizers = [...before, ...added].filter((finalizer) => !remove.includes(finalizer));
    if (equalJson(before as Json, finalizers)) return object;
    const next = { ...object, metadata: finalizers.length === 0 ? metadata : { ...metadata, finalizers } };
    if (!terminating || finalizers.length > 0) return this.#store.save(object, next);
    this.#store.destroy(next);
    return next;
  }

  #require(key: ObjectKey, uid: string): KubernetesObject {
    this.#store.assertReadable(key);
    const object = this.#store.table.get(key);
    if (object === undefined) throw notFound(key);
    if (object.metadata.uid !== uid) throw conflict(key);
    return object;
  }

  #assertScope(object: KubernetesObject): void {
    const namespaced = this.#kinds.get(kindIdentity(object))?.namespaced;
    if (namespaced === undefined || namespaced === (object.metadata.namespace !== undefined)) return;
    throw new EdictError({
      code: 'ObjectInvalid',
      message: namespaced
        ? 'The object names no namespace, but its kind is namespaced.'
        : 'The kind has no namespaces.',
      location: { object: formatKey(keyOf(object)), path: 'metadata.namespace' },
      remedy: namespaced ? 'Give it metadata.namespace.' : 'Remove metadata.namespace.',
    });
  }
}

function inVersion(object: KubernetesObject, apiVersion: string): KubernetesObject {
  return object.apiVersion === apiVersion ? object : { ...object, apiVersion };
}

function conflict(key: ObjectKey): EdictError {
  return new EdictError({
    code: 'ObjectConflict',
    message: 'The object is another one, or another version of it, than the one that was read.',
    location: { object: formatKey(key) },
    remedy: 'Read it again and repeat.',
  });
}

function notFound(key: ObjectKey): EdictError {
  return new EdictError({
    code: 'ObjectNotFound',
    message: 'The object is not there.',
    location: { object: formatKey(key) },
  });
}

function terminatingFault(key: ObjectKey): EdictError {
  return new EdictError({
    code: 'ObjectInvalid',
    message: 'No finalizer can be added to an object that is being deleted.',
    location: { object: formatKey(key), path: 'metadata.finalizers' },
  });
}
