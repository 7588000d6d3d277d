import { isJsonObject, type Json, type JsonObject } from '#model/json.js';
import { parseJson } from './parse-json.js';

/** One reason of a refusal, as a Status gives it. */
export interface StatusCause {
  readonly reason: string;
  readonly message: string;
  readonly field: string;
}

/** What a Status says of its object (Kubernetes API conventions: Response Status Kind). */
export interface StatusDetails {
  readonly name?: string;
  readonly kind?: string;
  readonly uid?: string;
  readonly causes: readonly StatusCause[];
  /** Seconds. */
  readonly retryAfterSeconds?: number;
}

/**
 * A request that did not succeed. `status` is 0 where there was no answer to it. The message is the server's own: it may
 * quote what was sent, so it is shown to nobody as it is (`fault-of.ts`).
 */
export class ApiError extends Error {
  readonly status: number;
  readonly reason: string;
  readonly details: StatusDetails;
  /** Milliseconds that the server asks to wait. */
  readonly retryAfter: number | undefined;

  constructor(
    { status, reason, message, details, retryAfter }: Partial<ApiError> & { readonly message: string },
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'ApiError';
    this.status = status ?? 0;
    this.reason = reason ?? 'Unreachable';
    this.details = details ?? { causes: [] };
    this.retryAfter = retryAfter;
  }
}

/** The error for an answer that is not a success. `retryAfter` is the header of that name (RFC 9110). */
export function answerError(status: number, text: string, retryAfter: string | undefined): ApiError {
  const body = parseObject(text);
  const isStatus = body.kind === 'Status';
  const wait = waitOf(retryAfter);
  return statusError(isStatus ? body : { message: `the server answered ${status}` }, status, wait);
}

/** The error that a Status object stands for, be it an answer or an event of a watch. */
export function statusError(body: JsonObject, status: number, retryAfter?: number): ApiError {
  const details = detailsOf(body.details);
  const seconds = details.retryAfterSeconds;
  const wait = retryAfter ?? (seconds === undefined ? undefined : seconds * 1000);
  return new ApiError({
    status: typeof body.code === 'number' ? body.code : status,
    reason: textOf(body.reason),
    message: textOf(body.message),
    details,
    ...(wait === undefined ? {} : { retryAfter: wait }),
  });
}

/** The error for a request that got no answer, or half of one. */
export function unreachable(cause: unknown): ApiError {
  return new ApiError({ message: cause instanceof Error ? cause.message : String(cause) }, { cause });
}

function detailsOf(value: Json | undefined): StatusDetails {
  if (!isJsonObject(value)) return { causes: [] };
  const { name, kind, uid, retryAfterSeconds, causes } = value;
  const items: readonly Json[] = Array.isArray(causes) ? causes : [];
  return {
    ...(typeof name === 'string' ? { name } : {}),
    ...(typeof kind === 'string' ? { kind } : {}),
    ...(typeof uid === 'string' ? { uid } : {}),
    ...(typeof retryAfterSeconds === 'number' ? { retryAfterSeconds } : {}),
    causes: items.filter(isJsonObject).map((cause) => ({
      reason: textOf(cause.reason),
      message: textOf(cause.message),
      field: textOf(cause.field),
    })),
  };
}

function waitOf(header: string | undefined): number | undefined {
  if (header === undefined) return undefined;
  const milliseconds = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isNaN(milliseconds) ? undefined : Math.max(0, milliseconds);
}

function parseObject(text: string): JsonObject {
  // A proxy or a load balancer answers in words of its own.
  const value = parseJson(text);
  return isJsonObject(value) ? value : {};
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}
