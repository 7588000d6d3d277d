import { EdictError } from '#errors/edict-error.js';
import type { Location } from '#errors/fault.js';
import { compareText, isJsonObject, type Json, type JsonObject } from './json.js';
import { groupOf, type ObjectKey } from './object.js';

/**
 * The files that one owner has in a repository. The record is kept in the repository itself, so that whoever clones it
 * sees who owns what, and so that two engines on one repository leave each other alone.
 */
export interface OwnershipRecord {
  /** Paths that only this owner writes. Sorted. */
  readonly files: readonly string[];
  /** Paths that it shares. Sorted. */
  readonly shared: readonly string[];
  /** By shared path: what this owner says that the file holds, and since which revision of its rule. */
  readonly claims?: { readonly [path: string]: Claim };
}

/** What one owner says of a shared file. */
export interface Claim {
  /** Hash of the content. */
  readonly digest: string;
  /** Revision of the rule's files. */
  readonly revision: string;
}

/** What one owner wants to write at a path; `claim` where the file is shared. */
export interface Wish {
  readonly path: string;
  readonly claim: Claim | undefined;
}

/** Folder of all records of a repository. */
export const RECORDS = '.edict';

/** `.edict/<instance>/<group>/<kind>/<namespace>/<name>.json`; `_` stands for what an object does not have. */
export function recordPath(instance: string, { apiVersion, kind, namespace, name }: ObjectKey): string {
  const segments = [instance, groupOf(apiVersion), kind.toLowerCase(), namespace ?? '', name];
  return `${RECORDS}/${segments.map((segment) => (segment === '' ? '_' : encodeSegment(segment))).join('/')}.json`;
}

/** Object names may hold characters that paths may not: those, and `_`, become their code between `_`. No two names meet. */
function encodeSegment(text: string): string {
  return text.replace(/[^A-Za-z0-9.-]/g, (character) => `_${character.charCodeAt(0).toString(16)}_`);
}

/** `kind/namespace/name` and the instance of whose record it is, for messages. */
function describeRecord(path: string): string {
  const [, instance, , kind, namespace, name] = path.replace(/\.json$/, '').split('/');
  return `${[kind, namespace, name].filter((part) => part !== '_').join('/')} of ${instance}`;
}

/**
 * Whether the owner of `record`, which lists the path, must keep another from what it wants. A file has one owner. A
 * shared one is a matter of the rule alone: who says something else by the same rule files disagrees, and so does
 * another engine; who said it by earlier rule files is overtaken.
 */
export function contests(record: OwnershipRecord, { path, claim }: Wish, isSameInstance: boolean): boolean {
  if (claim === undefined || !record.shared.includes(path)) return true;
  const other = record.claims?.[path];
  if (other === undefined || other.digest === claim.digest) return false;
  return !isSameInstance || other.revision === claim.revision;
}

/** The error for a path that the owner of the record `other` does not share as it is wanted; `location` is who wants it. */
export function pathTaken(path: string, other: string, location: Location): EdictError {
  return new EdictError({
    code: 'PathTaken',
    message: `${path} belongs to ${describeRecord(other)}, and the two disagree`,
    location: { ...location, path },
    fragment: other,
    remedy: 'Give one of the two another path, or make both render the same shared file.',
  });
}

/** Whether two records belong to one engine. */
export function isSameInstance(left: string, right: string): boolean {
  return instanceOf(left) === instanceOf(right);
}

/** The engine whose record stands at `path`. */
export function instanceOf(path: string): string {
  const start = RECORDS.length + 1;
  return path.slice(start, path.indexOf('/', start));
}

/** The text of a record. */
export function formatRecord({ files, shared, claims }: OwnershipRecord): string {
  const sorted = Object.entries(claims ?? {}).sort(([left], [right]) => compareText(left, right));
  const said = sorted.map(([path, { digest, revision }]) => [path, { digest, revision }]);
  const record = {
    files: [...files].sort(),
    shared: [...shared].sort(),
    ...(said.length === 0 ? {} : { claims: Object.fromEntries(said) }),
  };
  return `${JSON.stringify(record, null, 2)}\n`;
}

/** What a record says; undefined where the text is no record. */
export function parseRecord(text: string): OwnershipRecord | undefined {
  try {
    const value = JSON.parse(text) as Json;
    if (!isJsonObject(value)) return undefined;
    const files = texts(value, 'files');
    const shared = texts(value, 'shared');
    const claims = claimsOf(value);
    if (files === undefined || shared === undefined || claims === undefined) return undefined;
    return { files, shared, ...(Object.keys(claims).length === 0 ? {} : { claims }) };
  } catch {
    return undefined;
  }
}

function claimsOf({ claims = {} }: JsonObject): { readonly [path: string]: Claim } | undefined {
  const isClaim = (claim: Json): boolean =>
    isJsonObject(claim) && typeof claim.digest === 'string' && typeof claim.revision === 'string';
  if (!isJsonObject(claims) || !Object.values(claims).every(isClaim)) return undefined;
  return claims as unknown as { readonly [path: string]: Claim };
}

function texts(value: JsonObject, field: string): readonly string[] | undefined {
  const list = value[field];
  return Array.isArray(list) && list.every((item) => typeof item === 'string')
    ? (list as readonly string[])
    : undefined;
}
