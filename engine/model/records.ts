import { isJsonObject, type Json, type JsonObject } from './json.js';
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
}

/** Folder of all records of a repository. */
export const RECORDS = '.edict';

/** `.edict/<instance>/<group>/<kind>/<namespace>/<name>.json`; `_` stands for what an object does not have. */
export function recordPath(instance: string, { apiVersion, kind, namespace, name }: ObjectKey): string {
  const segments = [instance, groupOf(apiVersion), kind.toLowerCase(), namespace ?? '', name];
  return `${RECORDS}/${segments.map((segment) => (segment === '' ? '_' : encodeSegment(segment))).join('/')}.json`;
}

/** Object names may hold characters that paths may not; those become their code between `_`, and so does `_`: no two names
 * meet. */
function encodeSegment(text: string): string {
  return text.replace(/[^A-Za-z0-9.-]/g, (character) => `_${character.charCodeAt(0).toString(16)}_`);
}

/** The text of a record. */
export function formatRecord({ files, shared }: OwnershipRecord): string {
  return `${JSON.stringify({ files: [...files].sort(), shared: [...shared].sort() }, null, 2)}\n`;
}

/** What a record says; undefined where the text is no record. */
export function parseRecord(text: string): OwnershipRecord | undefined {
  try {
    const value = JSON.parse(text) as Json;
    if (!isJsonObject(value)) return undefined;
    const files = texts(value, 'files');
    const shared = texts(value, 'shared');
    return files === undefined || shared === undefined ? undefined : { files, shared };
  } catch {
    return undefined;
  }
}

function texts(value: JsonObject, field: string): readonly string[] | undefined {
  const list = value[field];
  return Array.isArray(list) && list.every((item) => typeof item === 'string')
    ? (list as readonly string[])
    : undefined;
}
