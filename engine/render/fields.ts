import { secretHandle } from '#model/desired.js';
import { isJsonObject, type Json, type JsonObject } from '#model/json.js';
import { formatPath } from '#model/path.js';
import { FORBIDDEN_KEYS } from '#model/yaml.js';
import { complain, type Origin } from './complaint.js';

/** `value` as an object that has only these fields. */
export function objectWith(
  value: Json | undefined,
  fields: readonly string[],
  path: string,
  origin: Origin,
): JsonObject {
  if (!isJsonObject(value)) {
    return complain(origin, {
      code: 'TemplateOutputInvalid',
      message: `${path} must be an object`,
      path,
      fragment: value ?? null,
    });
  }
  const unknown = Object.keys(value).find((key) => !fields.includes(key));
  if (unknown !== undefined) {
    const message = `${path} has an unknown field ${unknown}`;
    const remedy = `Known are ${fields.join(', ')}.`;
    return complain(origin, {
      code: 'TemplateOutputInvalid',
      message,
      path: `${path}.${unknown}`,
      fragment: value[unknown],
      remedy,
    });
  }
  return value;
}

/** `value` as a list; an absent one is empty. */
export function listAt(value: Json | undefined, path: string, origin: Origin): readonly Json[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value;
  return complain(origin, { code: 'TemplateOutputInvalid', message: `${path} must be a list`, path, fragment: value });
}

/** `value` as a text that is not empty. */
export function textAt(value: Json | undefined, path: string, origin: Origin): string {
  if (typeof value === 'string' && value !== '') return value;
  return complain(origin, {
    code: 'TemplateOutputInvalid',
    message: `${path} must be a text`,
    path,
    fragment: value ?? null,
  });
}

/** The wave of an item: a whole number, 0 where it is absent. */
export function waveAt(value: Json | undefined, path: string, origin: Origin): number {
  if (value === undefined) return 0;
  if (typeof value === 'number' && Number.isSafeInteger(value) && Math.abs(value) <= 1000) return value;
  return complain(origin, {
    code: 'TemplateOutputInvalid',
    message: `${path} must be a whole number from -1000 to 1000`,
    path,
    fragment: value,
  });
}

/** `value` as true or false; absent is false. */
export function flagAt(value: Json | undefined, path: string, origin: Origin): boolean {
  if (value === undefined) return false;
  if (typeof value === 'boolean') return value;
  return complain(origin, {
    code: 'TemplateOutputInvalid',
    message: `${path} must be true or false`,
    path,
    fragment: value,
  });
}

/** Throws where a key would change the meaning of objects, or where `$secret` stands for no handle. */
export function refuseBadKeys(value: Json, path: string, origin: Origin): void {
  // Hardly any output has such a key, and its text tells that far sooner than a walk that knows where it is.
  if (SUSPECT_KEY.test(JSON.stringify(value))) refuseBadKeysBelow(value, path, origin);
}

const SUSPECT_KEY = new RegExp(`"(?:\\$secret|${[...FORBIDDEN_KEYS].join('|')})":`);

function refuseBadKeysBelow(value: Json, path: string, origin: Origin): void {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, item] of Object.entries(value)) {
    const place = Array.isArray(value) ? `${path}[${key}]` : `${path}.${formatPath([key])}`;
    if (!Array.isArray(value) && FORBIDDEN_KEYS.has(key)) {
      const message = `the key ${key} is not allowed in any object`;
      complain(origin, {
        code: 'KeyForbidden',
        message,
        path: place,
        fragment: key,
        remedy: 'Give the field another name.',
      });
    }
    if (key === '$secret' && secretHandle(value as Json) === undefined) {
      const message = '$secret must be {as, key}, and the only field of its object';
      complain(origin, {
        code: 'TemplateOutputInvalid',
        message,
        path: place,
        remedy: 'Write {"$secret": {as: ..., key: ...}}.',
      });
    }
    refuseBadKeysBelow(item as Json, place, origin);
  }
}
