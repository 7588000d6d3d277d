import { EdictError } from '#errors/edict-error.js';
import { takenOver } from '#model/field-sets.js';
import { equalJson, isJsonObject, type Json, type JsonObject } from '#model/json.js';
import { isPathSegment } from '#model/names.js';
import { asJson, formatKey, groupOf, type KubernetesObject, keyOf, type ObjectKey } from '#model/object.js';
import { OWNER_LABEL } from '#model/ownership.js';
import type {
  ApplyRequest,
  ClusterWriter,
  DeleteRequest,
  FinalizerRequest,
  StatusRequest,
} from '#publish/cluster-writer.js';
import { isGone, isReleased } from './answers.js';
import { ApiError } from './api-error.js';
import { type ApiResource, type Discovery, pathOf, resourceName } from './discovery.js';
import { faultOf, notServed } from './fault-of.js';
import { mergePatch } from './merge-patch.js';
import { type Asked, type RightTarget, type ServiceAccount, userOf } from './missing-right.js';
import type { ObjectCache } from './object-cache.js';
import type { ApiRequest, RestClient } from './rest-client.js';
import { takeLists } from './take-lists.js';

/** What a writer works with. */
export interface WriterPorts {
  readonly client: RestClient;
  readonly discovery: Discovery;
  /** Where the answers are laid over what is read. */
  readonly cacheOf: (key: ObjectKey) => ObjectCache | undefined;
  /** What is given of an answer: whole, whatever the cache keeps of it. */
  readonly slim: (object: KubernetesObject) => KubernetesObject;
  /** The object as it is known: from the cache, else from the server. */
  readonly read: (key: ObjectKey) => Promise<KubernetesObject | null>;
  /** The object as the server has it now; from then on it is known so. */
  readonly readLive: (key: ObjectKey) => Promise<KubernetesObject | null>;
  /** Called before every attempt at a write; throws where this process must not write any more. */
  readonly guard: (() => void) | undefined;
}

/** The manager of what Edict writes outside of any owner's children. */
const FIELD_MANAGER = 'edict';
/** What applying an object comes to, and what becomes of a child in the end besides. */
const [APPLIED, MADE] = [
  ['create', 'patch'],
  ['create', 'patch', 'delete'],
];
const [APPLY, MERGE] = ['application/apply-patch+yaml', 'application/merge-patch+json'];
/** Attempts at changing finalizers while others change the object: which are added or removed does not depend on the rest. */
const ATTEMPTS = 3;

interface Target {
  readonly key: ObjectKey;
  readonly verb: 'get' | 'patch' | 'delete';
  readonly subresource?: string;
}

/** Writes to the cluster as Edict or as a ServiceAccount; what it has to look up it reads as Edict. Errors besides those of the port: AdmissionDenied, ClusterForbidden, ClusterUnavailable, KindNotServed, LeadershipLost, ObjectTooLarge. */
export class KubernetesWriter implements ClusterWriter {
  readonly #ports: WriterPorts;
  readonly #account: ServiceAccount | undefined;

  constructor(ports: WriterPorts, account?: ServiceAccount) {
    this.#ports = ports;
    this.#account = account;
  }

  async apply(request: ApplyRequest): Promise<KubernetesObject> {
    if (request.takeFrom !== undefined && request.dryRun !== true) await this.#takeOver(request, request.takeFrom);
    try {
      return await this.#apply(request);
    } catch (error) {
      const isInvalid = error instanceof EdictError && error.code === 'ObjectInvalid';
      if (!isInvalid || !request.force || request.dryRun === true || !(await this.#takeLists(request))) throw error;
      return this.#apply(request);
    }
  }

  #apply({ object, fieldManager, force, dryRun = false }: ApplyRequest): Promise<KubernetesObject> {
    const query = {
      fieldManager,
      force: String(force),
      // An apply is refused for unknown fields whatever this says: looking for them twice takes the server up to a fifth more.
      fieldValidation: 'Ignore',
      dryRun: dryRun ? 'All' : undefined,
    };
    return this.#patch({ key: keyOf(object), verb: 'patch' }, { query, body: object, contentType: APPLY }, dryRun);
  }

  async delete({ key, uid, orphan = false }: DeleteRequest): Promise<void> {
    const target: Target = { key, verb: 'delete' };
    const resource = await this.#resource(target);
    const end = this.#ports.cacheOf(key)?.beginWrite(key.namespace, key.name);
    const body = {
      apiVersion: 'v1',
      kind: 'DeleteOptions',
      preconditions: { uid },
      propagationPolicy: orphan ? 'Orphan' : 'Background',
    };
    try {
      const answer = await this.#send(target, resource, { method: 'DELETE', body });
      end?.(isGone(answer) ? { gone: uid } : { object: answer as unknown as KubernetesObject });
    } catch (error) {
      const status = error instanceof ApiError ? error.status : undefined;
      end?.(status === 404 ? { gone: uid } : undefined);
      if (status === 404) return;
      const fault = faultOf(error, this.#asked(target, resource));
      // Its name may belong to another one, which was asked for to be left alone.
      if (status !== 409 || (await this.#ports.readLive(key))?.metadata.uid === uid) throw fault;
    }
  }

  async updateStatus({ key, uid, status }: StatusRequest): Promise<KubernetesObject> {
    const known = await this.#require(key, uid);
    const before = asJson(known).status;
    if (equalJson(before, status)) return known;
    const resource = await this.#resource({ key, verb: 'patch' });
    const { resourceVersion } = known.metadata;
    const change = mergePatch(isJsonObject(before) ? before : {}, status);
    // Guarded by the version that was read: a report of what is no longer so must not overwrite a later one.
    const body = { metadata: versioned(uid, resourceVersion), status: change };
    const target: Target = { key, verb: 'patch', ...(resource.hasStatus ? { subresource: 'status' } : {}) };
    return this.#patch(target, { query: { fieldManager: FIELD_MANAGER }, body, contentType: MERGE });
  }

  async updateFinalizers({ key, uid, add = [], remove = [] }: FinalizerRequest): Promise<KubernetesObject> {
    for (let attempt = 1; ; attempt++) {
      const known = await this.#require(key, uid, attempt > 1);
      const { finalizers: before = [], resourceVersion } = known.metadata;
      const added = add.filter((finalizer) => !before.includes(finalizer));
      const finalizers = [...before, ...added].filter((finalizer) => !remove.includes(finalizer));
      if (equalJson(before as Json, finalizers)) return known;
      const body = { metadata: { ...versioned(uid, resourceVersion), finalizers } };
      try {
        return await this.#patch(
          { key, verb: 'patch' },
          { query: { fieldManager: FIELD_MANAGER }, body, contentType: MERGE },
        );
      } catch (error) {
        if (!(error instanceof EdictError) || error.code !== 'ObjectConflict' || attempt === ATTEMPTS) throw error;
      }
    }
  }

  /** Becomes the owner of lists that the object says otherwise than they are, so that the next apply removes what it lacks. */
  #takeLists({ object, fieldManager }: ApplyRequest): Promise<boolean> {
    return this.#changeManagers(object, (live) => takeLists(live, object, fieldManager));
  }

  /** Becomes the manager of what others manage. */
  #takeOver({ object, fieldManager }: ApplyRequest, from: readonly string[]): Promise<boolean> {
    const { apiVersion } = object;
    return this.#changeManagers(object, (live) =>
      takenOver(live.metadata.managedFields ?? [], { from, to: fieldManager, apiVersion }),
    );
  }

  /** Says anew who manages which field of an object, and changes no field; gives whether there was anything to say. */
  async #changeManagers(
    object: KubernetesObject,
    change: (live: KubernetesObject) => readonly JsonObject[] | undefined,
  ): Promise<boolean> {
    const target: Target = { key: keyOf(object), verb: 'get' };
    const resource = await this.#resource(target);
    try {
      const live = (await this.#send(target, resource, { method: 'GET' })) as unknown as KubernetesObject;
      const managedFields = change(live);
      if (managedFields === undefined) return false;
      const { uid = '', resourceVersion } = live.metadata;
      // The object that is meant, where one is meant by its uid.
      const body = { metadata: { ...versioned(object.metadata.uid ?? uid, resourceVersion), managedFields } };
      await this.#send({ ...target, verb: 'patch' }, resource, { method: 'PATCH', body, contentType: MERGE });
      return true;
    } catch (error) {
      throw faultOf(error, this.#asked(target, resource));
    }
  }

  /** Sends a patch, and lays its answer over what is read. */
  async #patch(
    target: Target,
    request: Pick<ApiRequest, 'query' | 'body' | 'contentType'>,
    dryRun = false,
  ): Promise<KubernetesObject> {
    const { key } = target;
    const resource = await this.#resource(target);
    const cache = this.#ports.cacheOf(key);
    const end = dryRun ? undefined : cache?.beginWrite(key.namespace, key.name);
    try {
      const answer = (await this.#send(target, resource, {
        method: 'PATCH',
        ...request,
      })) as unknown as KubernetesObject;
      end?.(isReleased(answer) ? { gone: answer.metadata.uid ?? '' } : { object: answer });
      return this.#ports.slim(answer);
    } catch (error) {
      end?.();
      const asked = this.#asked(target, resource);
      const fault = faultOf(error, request.contentType === APPLY ? await this.#applying(request.body, asked) : asked);
      await this.#learnFrom(fault, key);
      throw fault;
    }
  }

  /** What an apply takes besides: rights to create, and to refer to the owner. */
  async #applying(body: unknown, asked: Asked): Promise<Asked> {
    const object = body as KubernetesObject;
    const verbs = object.metadata.labels?.[OWNER_LABEL] === undefined ? APPLIED : MADE;
    return { ...asked, verbs, owner: await this.#finalizersOf(object) };
  }

  /** Who is told that an object is another one knows an old one: what comes next must not go by it, however late the watch is. */
  async #learnFrom(fault: unknown, key: ObjectKey): Promise<void> {
    if (!(fault instanceof EdictError) || (fault.code !== 'ObjectConflict' && fault.code !== 'ObjectNotFound')) return;
    await this.#ports.readLive(key).catch(() => undefined);
  }

  async #send(
    target: Target,
    resource: ApiResource,
    request: Pick<ApiRequest, 'method' | 'query' | 'body' | 'contentType'>,
  ): Promise<JsonObject> {
    const { key, verb, subresource } = target;
    const place = { namespace: key.namespace, name: key.name, ...(subresource === undefined ? {} : { subresource }) };
    const { body } = await this.#ports.client.request({
      ...request,
      path: pathOf(resource, place),
      identity: this.#account && request.method !== 'GET' ? { user: userOf(this.#account) } : undefined,
      guard: this.#ports.guard,
      verb,
      resource: `${resourceName(resource)}${subresource === undefined ? '' : `/${subresource}`}`,
    });
    return body;
  }

  #asked({ key, verb, subresource }: Target, resource: ApiResource | undefined): Asked {
    const plural = resource?.plural ?? key.kind;
    return {
      key,
      verb,
      resource: subresource === undefined ? plural : `${plural}/${subresource}`,
      account: this.#account,
    };
  }

  /** The finalizers of the owner of an object, which it may take a right to refer to. */
  async #finalizersOf({ metadata }: KubernetesObject): Promise<RightTarget | undefined> {
    const [owner] = metadata.ownerReferences ?? [];
    const resource = owner && (await this.#ports.discovery.find(owner).catch(() => undefined));
    return resource && { group: groupOf(resource.apiVersion), resource: `${resource.plural}/finalizers` };
  }

  /** How the kind is served. Throws KindNotServed, and ObjectInvalid for a name that would lead to another path. */
  async #resource(target: Target): Promise<ApiResource> {
    const { key } = target;
    if (!isPathSegment(key.name) || (key.namespace !== undefined && !isPathSegment(key.namespace)))
      throw invalid(key, 'metadata.name', 'No object can have this name.');
    let resource: ApiResource | undefined;
    try {
      resource = await this.#ports.discovery.find(key);
    } catch (error) {
      throw faultOf(error, this.#asked(target, undefined));
    }
    if (resource === undefined) throw notServed(key);
    if (resource.namespaced && key.namespace === undefined)
      throw invalid(key, 'metadata.namespace', 'The object names no namespace, but its kind is namespaced.');
    if (!resource.namespaced && key.namespace !== undefined)
      throw invalid(key, 'metadata.namespace', 'The kind has no namespaces.');
    return resource;
  }

  async #require(key: ObjectKey, uid: string, live = false): Promise<KubernetesObject> {
    const object = await (live ? this.#ports.readLive(key) : this.#ports.read(key));
    const location = { object: formatKey(key) };
    if (object === null)
      throw new EdictError({ code: 'ObjectNotFound', message: 'The object is not there.', location });
    if (object.metadata.uid === uid) return object;
    const message = 'The object is another one than the one that was read.';
    throw new EdictError({ code: 'ObjectConflict', message, location, remedy: 'Read it again and repeat.' });
  }
}

function invalid(key: ObjectKey, path: string, message: string): EdictError {
  return new EdictError({ code: 'ObjectInvalid', message, location: { object: formatKey(key), path } });
}

function versioned(uid: string, resourceVersion: string | undefined): JsonObject {
  return resourceVersion === undefined ? { uid } : { uid, resourceVersion };
}
