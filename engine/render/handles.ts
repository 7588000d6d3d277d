import type { CatalogEntry } from '#catalog/catalog.js';
import { EdictError } from '#errors/edict-error.js';
import { HANDLE, secretHandle } from '#model/desired.js';
import type { Facts } from '#model/facts.js';
import type { Json, JsonObject } from '#model/json.js';
import { isSecret, withoutStatus } from '#model/object.js';
import { formatPath, type Path } from '#model/path.js';
import { complain, type Origin } from './complaint.js';

/**
 * Throws SecretForbidden where facts hold the word that makes a handle, as a key or a whole text: a template that copies
 * what others wrote would hand out a value that its author never meant to. Only rules that read Secrets have any.
 */
export function refuseForgedHandles(facts: Facts, { rule }: CatalogEntry, origin: Origin): void {
  if (!rule.reads.resources.some((read) => isSecret(read))) return;
  const { related, children, charts } = facts;
  const written = { object: withoutStatus(facts.object), related, children, charts } as unknown as JsonObject;
  const path = findWord(written, []);
  if (path === undefined) return;
  throw new EdictError({
    code: 'SecretForbidden',
    message: `${HANDLE} may stand in templates only: what others write must not name values of Secrets`,
    location: { object: origin.object, path: formatPath(path[0] === 'object' ? path.slice(1) : path) },
    remedy: 'Call it something else.',
  });
}

/** Path of the first key or text that is the word. */
function findWord(value: Json, path: Path): Path | undefined {
  if (value === HANDLE) return path;
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [key, item] of Object.entries(value)) {
    const place = [...path, Array.isArray(value) ? Number(key) : key];
    const found = key === HANDLE ? place : findWord(item as Json, place);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Throws SecretForbidden where a secret handle stands in `value`: what it would resolve to is shown to everybody there. */
export function refuseMisplacedHandles(value: Json | undefined, path: string, origin: Origin): void {
  const found = mayHoldHandle(value) ? findHandle(value, path) : undefined;
  if (found === undefined) return;
  complain(origin, {
    code: 'SecretForbidden',
    message: 'a secret value was asked for where it would be shown',
    path: found.path,
    fragment: found.handle,
    remedy: 'Use {"$secret": ...} only in the body of a cluster object; refer to a Secret by name elsewhere.',
  });
}

/** The first handle and its place. It names a Secret; it is not what stands in it. */
function findHandle(
  value: Json | undefined,
  path: string,
): { readonly path: string; readonly handle: Json } | undefined {
  if (value === undefined || value === null || typeof value !== 'object') return undefined;
  if (secretHandle(value) !== undefined) return { path, handle: value };
  for (const [key, item] of Object.entries(value)) {
    const found = findHandle(item as Json, Array.isArray(value) ? `${path}[${key}]` : `${path}.${key}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Whether a walk through `value` might find a handle: cheap, and hardly ever true. */
function mayHoldHandle(value: Json | undefined): boolean {
  return value !== undefined && JSON.stringify(value).includes('"$secret"');
}

/** Throws ReadForbidden where a handle in `value` names anything but a Secret that the rule reads by name. */
export function checkHandles(value: Json, path: string, entry: CatalogEntry, origin: Origin): void {
  if (mayHoldHandle(value)) checkHandlesBelow(value, path, entry, origin);
}

function checkHandlesBelow(value: Json, path: string, entry: CatalogEntry, origin: Origin): void {
  const handle = secretHandle(value);
  if (handle !== undefined) {
    const read = entry.rule.reads.resources.find(({ as }) => as === handle.as);
    if (read?.selection.by === 'name' && isSecret(read)) return;
    complain(origin, {
      code: 'ReadForbidden',
      message: `$secret names ${JSON.stringify(handle.as)}, which is no Secret that the rule reads by name`,
      path,
      fragment: handle.as,
      remedy: `Add {as: ${handle.as}, apiVersion: v1, kind: Secret, name: ...} to reads.resources of ${origin.rule}.`,
    });
  }
  if (typeof value !== 'object' || value === null) return;
  for (const [key, item] of Object.entries(value)) {
    checkHandlesBelow(item as Json, Array.isArray(value) ? `${path}[${key}]` : `${path}.${key}`, entry, origin);
  }
}
