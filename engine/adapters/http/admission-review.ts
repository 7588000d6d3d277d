import { isJsonObject, type Json, type JsonObject } from '#model/json.js';
import { formatKey, type KubernetesObject, keyOf } from '#model/object.js';
import type { AdmissionRequest } from '#reconcile/admission-request.js';
import type { Operation } from '#reconcile/judgement.js';
import { formatRemark, type Remark } from '#reconcile/remark.js';
import type { Review } from '#reconcile/review.js';

/** A question of the API server (admission.k8s.io/v1 AdmissionReview). */
export interface ReviewQuestion {
  /** Ties the answer to the question. */
  readonly uid: string;
  readonly request: AdmissionRequest;
}

/** Where the API server asks. */
export const ADMISSION_PATH = '/validate';

const API_VERSION = 'admission.k8s.io/v1';
const OPERATIONS: readonly string[] = ['CREATE', 'UPDATE', 'DELETE'] satisfies readonly Operation[];
/** Who has that many objections reads no more of them; the size of an answer is bounded. */
const LINES = 50;
const LENGTH = 1000;

/** The question that a body asks, or in a sentence why it is none. */
export function decodeReview(body: Json): ReviewQuestion | string {
  if (!isJsonObject(body) || body.apiVersion !== API_VERSION || body.kind !== 'AdmissionReview')
    return `the body is no AdmissionReview of ${API_VERSION}`;
  const { request } = body;
  if (!isJsonObject(request)) return 'the AdmissionReview has no request';
  const { uid, operation, object, oldObject, userInfo, dryRun } = request;
  if (typeof uid !== 'string' || uid === '') return 'the request has no uid';
  if (typeof operation !== 'string' || !OPERATIONS.includes(operation))
    return `the operation is none of ${OPERATIONS.join(', ')}`;
  const isDeletion = operation === 'DELETE';
  const subject = isDeletion ? oldObject : object;
  if (!isObject(subject)) return `the request has no ${isDeletion ? 'oldObject' : 'object'}`;
  if (operation === 'UPDATE' && !isObject(oldObject)) return 'the request has no oldObject';
  return {
    uid,
    request: {
      operation: operation as Operation,
      object: subject,
      oldObject: isObject(oldObject) ? oldObject : undefined,
      userInfo: isJsonObject(userInfo) ? userInfo : {},
      dryRun: dryRun === true,
    },
  };
}

/** The answer to a question, as an AdmissionReview. */
export function encodeReview({ uid, request }: ReviewQuestion, review: Review): JsonObject {
  const { isAllowed, objections, warnings } = review;
  const status = isAllowed ? {} : { status: statusOf(request.object, review.result, objections) };
  const said = linesOf(warnings);
  return {
    apiVersion: API_VERSION,
    kind: 'AdmissionReview',
    response: { uid, allowed: isAllowed, ...status, ...(said.length === 0 ? {} : { warnings: said }) },
  };
}

/** A Status that says why a body was not understood (Kubernetes API conventions: Response Status Kind). */
export function refusal(code: number, reason: string, message: string): JsonObject {
  return { apiVersion: 'v1', kind: 'Status', status: 'Failure', code, reason, message };
}

/** As who else refuses at admission: 403. What does not fit the schema is refused as the API server does, what is not known as a failure. */
const CODES: { readonly [result in Review['result']]: readonly [code: number, reason: string] } = {
  allowed: [200, ''],
  skipped: [200, ''],
  denied: [403, 'Forbidden'],
  invalid: [422, 'Invalid'],
  failed: [500, 'InternalError'],
};

function statusOf(object: KubernetesObject, result: Review['result'], objections: readonly Remark[]): JsonObject {
  const [code, reason] = CODES[result];
  const lines = linesOf(objections);
  const message = [`${formatKey(keyOf(object))} is refused by Edict:`, ...lines].join('\n');
  const causes = objections
    .slice(0, LINES)
    .map((remark) => ({ reason: remark.code, message: shortened(remark.message), field: remark.path }));
  return { ...refusal(code, reason, message), details: { causes } };
}

function linesOf(remarks: readonly Remark[]): readonly string[] {
  const lines = [...new Set(remarks.map(formatRemark))];
  const more = lines.length - LINES;
  return [...lines.slice(0, LINES).map(shortened), ...(more > 0 ? [`and ${more} more`] : [])];
}

function shortened(text: string): string {
  return text.length > LENGTH ? `${text.slice(0, LENGTH - 1)}…` : text;
}

function isObject(value: Json | undefined): value is JsonObject & KubernetesObject {
  if (!isJsonObject(value)) return false;
  const { apiVersion, kind, metadata } = value;
  return typeof apiVersion === 'string' && typeof kind === 'string' && isJsonObject(metadata);
}
