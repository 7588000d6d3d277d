import type { ErrorCode } from '#errors/codes.js';
import { EdictError } from '#errors/edict-error.js';
import { type Fault, fragmentOf } from '#errors/fault.js';
import { formatKey, isSecret, type ObjectKey } from '#model/object.js';
import { ApiError, type StatusCause } from './api-error.js';
import { type Asked, isMissingRight, missingRight } from './missing-right.js';
import { withoutValues } from './without-values.js';

/**
 * A refusal of the API server in the words of the ports. What a server says may quote what was sent, and so the value of
 * a Secret: fields and reasons are told, values are not. What is no ApiError is given back as it is.
 */
export function faultOf(error: unknown, asked: Asked): unknown {
  if (!(error instanceof ApiError)) return error;
  return new EdictError(faultsFor(error, asked), { cause: withoutMessage(error) });
}

/** The cause is for stack traces, which are logged: it says no more than the fault. */
function withoutMessage({ status, reason }: ApiError): Error {
  return new Error(`the API server answered ${status} ${reason}`);
}

function faultsFor(error: ApiError, asked: Asked): readonly Fault[] {
  const { status, details } = error;
  const taken = details.causes.filter(({ reason }) => reason === 'FieldManagerConflict');
  if (taken.length > 0) return fieldsTaken(taken, asked);
  if (isDenial(error)) return [denied(error, asked)];
  // A patch that means an object by its uid would give another one that uid: validation is the first to object.
  if (details.causes.some(({ field }) => field === 'metadata.uid')) return [conflict(asked)];
  if (isTypeMismatch(error)) return mismatches(error, asked);
  switch (status) {
    case 400:
    case 422:
      return invalid(error, asked);
    case 401:
      return [
        fault(
          'ClusterForbidden',
          'the cluster does not accept the credentials',
          asked,
          'See whether they have expired.',
        ),
      ];
    case 403:
      return [missingRight(error, asked)];
    case 404:
      return [notFound(error, asked)];
    case 409:
      return [conflict(asked)];
    case 413:
      return [tooLarge(asked)];
    default:
      return [unavailable(error, asked)];
  }
}

function fault(code: ErrorCode, message: string, { key }: Asked, remedy?: string): Fault {
  return { code, message, location: { object: formatKey(key) }, ...(remedy === undefined ? {} : { remedy }) };
}

function conflict(asked: Asked): Fault {
  const message = 'The object is another one, or another version of it, than the one that was read.';
  return fault('ObjectConflict', message, asked, 'Read it again and repeat.');
}

/** One fault for each other manager; `fragment` is its name, which tells whether a rule adopts it. */
function fieldsTaken(causes: readonly StatusCause[], { key }: Asked): readonly Fault[] {
  const byManager = new Map<string, string[]>();
  for (const { message, field } of causes) {
    const manager = managerIn(message);
    byManager.set(manager, [...(byManager.get(manager) ?? []), field.replace(/^\./, '')]);
  }
  return [...byManager].map(([manager, fields]) => ({
    code: 'FieldTaken',
    message: `${manager} owns ${fields.join(', ')} of ${formatKey(key)}.`,
    location: { object: formatKey(key), path: fields[0] ?? '' },
    fragment: manager,
    remedy: 'Stop sending these fields, list the manager under adopt, or stop the manager.',
  }));
}

/** `conflict with "manager" using v1 at ...`: the name is quoted as Go quotes it. */
function managerIn(message: string): string {
  const [, quoted] = /^conflict with ("(?:[^"\\]|\\.)*")/.exec(message) ?? [];
  try {
    return quoted === undefined ? 'somebody else' : (JSON.parse(quoted) as string);
  } catch {
    return 'somebody else';
  }
}

/** Somebody else's webhook or policy, quota or Pod Security: refusals that no permission mends. */
function isDenial({ status, message }: ApiError): boolean {
  if (/^admission webhook "[^"]*" denied the request/.test(message)) return true;
  return (
    /ValidatingAdmissionPolicy '[^']*' with binding '[^']*' denied request/.test(message) ||
    (status === 403 && !isMissingRight(message))
  );
}

function denied({ message, details }: ApiError, asked: Asked): Fault {
  const terminating = details.causes.some(({ reason }) => reason === 'NamespaceTerminating');
  if (terminating)
    return fault(
      'AdmissionDenied',
      `Namespace ${asked.key.namespace ?? ''} is being deleted.`,
      asked,
      'Wait until it is gone.',
    );
  // What somebody else's webhook says of a Secret may be what is in it.
  const said = isSecret(asked.key) ? (message.split(': ', 1)[0] ?? '') : withoutValues(message);
  return {
    ...fault('AdmissionDenied', `The cluster denied it: ${fragmentOf(said)}`, asked),
    remedy: 'See the webhook, policy or quota that it names.',
  };
}

function notFound({ details }: ApiError, asked: Asked): Fault {
  const { key } = asked;
  if (details.kind === 'namespaces' && details.name === key.namespace && key.namespace !== undefined)
    return fault('ObjectNotFound', `There is no namespace ${key.namespace}.`, asked, 'Create it.');
  if (details.name === undefined)
    return fault(
      'KindNotServed',
      `The cluster does not serve ${key.kind} (${key.apiVersion}).`,
      asked,
      'Install its CRD.',
    );
  return fault('ObjectNotFound', 'The object is not there.', asked);
}

/** One fault a field; where the server names none, its sentence without values. */
function invalid({ message, details }: ApiError, asked: Asked): readonly Fault[] {
  const causes = details.causes.filter(({ field }) => field !== '');
  if (causes.length === 0) return [fault('ObjectInvalid', fragmentOf(withoutValues(message)), asked)];
  return causes.map((cause) => ({
    code: 'ObjectInvalid',
    message: fragmentOf(withoutValues(cause.message)),
    location: { object: formatKey(asked.key), path: cause.field },
  }));
}

/** What does not fit the types of a kind is a 500 without a reason (structured-merge-diff): `.spec.x: expected string, got 1`. */
const isTypeMismatch = ({ status, message }: ApiError): boolean =>
  status === 500 && message.startsWith('failed to create typed patch object');

/** A path and what is said of it. Keys of list items stand in a path as they are, colons and all. */
const TYPED = /(?:^|[\s:])\.((?:"(?:[^"\\]|\\.)*"|[^\s:"])+): ([^\n]+)/g;

function mismatches({ message }: ApiError, asked: Asked): readonly Fault[] {
  const found = [...message.matchAll(TYPED)];
  if (found.length === 0) return [fault('ObjectInvalid', 'A field has another type, or is not known.', asked)];
  return found.map(([, path = '', said = '']) => ({
    code: 'ObjectInvalid',
    message: said.replace(/, got .*$/, ''),
    location: { object: formatKey(asked.key), path },
  }));
}

function tooLarge(asked: Asked): Fault {
  return fault('ObjectTooLarge', 'The object is larger than the cluster stores.', asked, 'Split it.');
}

/** What etcd says, which the API server passes on as an error of its own. */
const TOO_LARGE = /request is too large|message larger than max/;

function unavailable({ status, reason, message, cause }: ApiError, asked: Asked): Fault {
  if (TOO_LARGE.test(message)) return tooLarge(asked);
  const [, webhook] = /failed calling webhook "([^"]*)"/.exec(message) ?? [];
  if (webhook !== undefined) {
    const said = `The webhook ${webhook}, which has to agree, cannot be called.`;
    return fault('ClusterUnavailable', said, asked, 'See whether what serves it runs; it is tried again.');
  }
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : undefined;
  const said = status === 0 ? (code ?? (cause instanceof Error ? cause.message : reason)) : `${status} ${reason}`;
  return fault(
    'ClusterUnavailable',
    `The API server cannot be reached or does not answer: ${said}`,
    asked,
    'It is tried again.',
  );
}

/** The fault of a kind that the cluster does not serve. */
export function notServed(key: ObjectKey): EdictError {
  return new EdictError({
    code: 'KindNotServed',
    message: `The cluster does not serve ${key.kind} (${key.apiVersion}).`,
    location: { object: formatKey(key) },
    remedy: 'Install its CRD, or name a version that is served.',
  });
}
