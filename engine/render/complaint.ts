import type { CatalogEntry } from '#catalog/catalog.js';
import type { ErrorCode } from '#errors/codes.js';
import { EdictError } from '#errors/edict-error.js';
import { fragmentOf } from '#errors/fault.js';
import type { Installation } from '#model/installation.js';
import type { Json } from '#model/json.js';

/** Whose output is checked: the template and the object that it was rendered for. */
export interface Origin {
  readonly template: string;
  readonly rule: string;
  /** `Kind/namespace/name`. */
  readonly object: string;
}

/** What an output is checked against. */
export interface OutputContext {
  readonly entry: CatalogEntry;
  readonly installation: Installation;
  readonly origin: Origin;
}

/** What is wrong with an output. */
export interface Complaint {
  readonly code: ErrorCode;
  readonly message: string;
  /** Path in what the function returned. */
  readonly path: string;
  readonly fragment?: Json | undefined;
  readonly remedy?: string;
}

/** Throws the fault that tells the author of the template what is wrong with its output. */
export function complain(origin: Origin, complaint: Complaint): never {
  const { code, message, path, fragment, remedy } = complaint;
  throw new EdictError({
    code,
    message,
    location: { file: origin.template, object: origin.object, path },
    ...(fragment === undefined
      ? {}
      : { fragment: fragmentOf(typeof fragment === 'string' ? fragment : JSON.stringify(fragment)) }),
    remedy: remedy ?? REMEDIES[code] ?? 'Correct what the template returns here.',
  });
}

/** What to do where a complaint has nothing better to say. */
const REMEDIES: { readonly [code in ErrorCode]?: string } = {
  PathForbidden: 'Give a relative path of segments of [A-Za-z0-9._-], none of which is ., .. or .git.',
  PathTaken: 'Give one of the two another path.',
};
