import type { Account } from '#model/identity.js';
import type { JsonObject } from '#model/json.js';
import type { KubernetesObject, ObjectKey } from '#model/object.js';

/** One server-side apply. */
export interface ApplyRequest {
  readonly object: KubernetesObject;
  readonly fieldManager: string;
  /** Take fields from other managers instead of failing with FieldTaken. */
  readonly force: boolean;
  /** Managers whose fields become this manager's first: what of them is not sent goes. */
  readonly takeFrom?: readonly string[];
  /** Check and answer, write nothing. */
  readonly dryRun?: boolean;
  /** As whom; undefined: as Edict. */
  readonly as?: Account | undefined;
}

/** One deletion. */
export interface DeleteRequest {
  readonly key: ObjectKey;
  /** Precondition: another object under this name is left alone. */
  readonly uid: string;
  /** Leave what the object owns, instead of having it collected. */
  readonly orphan?: boolean;
  /** As whom; undefined: as Edict. */
  readonly as?: Account | undefined;
}

/** One status. */
export interface StatusRequest {
  readonly key: ObjectKey;
  readonly uid: string;
  /** The whole status. */
  readonly status: JsonObject;
}

/** Finalizers that an object gets and loses. */
export interface FinalizerRequest {
  readonly key: ObjectKey;
  readonly uid: string;
  readonly add?: readonly string[];
  readonly remove?: readonly string[];
}

/** Writes to the cluster. Every method is safe to repeat. Errors: ObjectConflict, FieldTaken, ObjectNotFound, ObjectInvalid. */
export interface ClusterWriter {
  /** Server-side apply (KEP-555): sets these fields, keeps those of others, removes what this manager no longer sends. */
  apply(request: ApplyRequest): Promise<KubernetesObject>;
  /** Does nothing where the object is gone or has another uid. */
  delete(request: DeleteRequest): Promise<void>;
  /** Replaces the status; does nothing where it is equal. */
  updateStatus(request: StatusRequest): Promise<KubernetesObject>;
  updateFinalizers(request: FinalizerRequest): Promise<KubernetesObject>;
}
