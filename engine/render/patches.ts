import type { DesiredPatch } from '#model/desired.js';
import { isJsonObject, type Json } from '#model/json.js';
import { asJson, identityOf, keyOf } from '#model/object.js';
import { formatPath, type Path } from '#model/path.js';
import { patchOf } from '#model/rule.js';
import { complain, type Origin } from './complaint.js';
import { refuseMisplacedHandles } from './handles.js';
import { type ObjectContext, renderedObject } from './resources.js';

/**
 * Checks one item of `patches`: fields of an object of somebody else under its name, or `{wave, object}`. Only what the
 * rule lists may be set, and no value of a Secret: whoever may look at the object would see it.
 */
export function desiredPatch(item: Json, path: string, context: ObjectContext): DesiredPatch {
  const { entry, owner, origin } = context;
  const { object, wave, place } = renderedObject(item, path, 'patches', context);
  refuseMisplacedHandles(asJson(object), place, origin);
  if (identityOf(keyOf(object)) === identityOf(keyOf(owner))) {
    complain(origin, {
      code: 'TemplateOutputInvalid',
      message: 'the template patches the object that it is rendered for',
      path: place,
      remedy: 'Patch other objects; what the object itself tells belongs in its status.',
    });
  }
  const allowed = patchOf(entry.rule, object)?.fields ?? [];
  for (const leaf of leavesOf(asJson(object), [])) {
    if (isIdentity(leaf) || allowed.some((field) => isBelow(leaf, field))) continue;
    complain(origin, {
      code: 'WriteForbidden',
      message: `the template patches ${formatPath(leaf)} of a ${object.kind}, which its rule does not list`,
      path: `${place}.${formatPath(leaf)}`,
      fragment: formatPath(leaf),
      remedy: `Add ${formatPath(leaf.filter((segment) => typeof segment === 'string'))} to the fields of ${object.kind} under writes.patches of ${origin.rule}.`,
    });
  }
  refuseNulls(asJson(object), place, origin);
  return { object, wave };
}

/** The paths of all fields that `value` sets; an empty object or list is one too. */
function leavesOf(value: Json, path: Path): readonly Path[] {
  if (typeof value !== 'object' || value === null || Object.keys(value).length === 0) return [path];
  return Array.isArray(value)
    ? value.flatMap((item: Json, index) => leavesOf(item, [...path, index]))
    : Object.entries(value).flatMap(([key, item]) => leavesOf(item, [...path, key]));
}

/** Which object is meant is no field that is set. */
function isIdentity([first, second]: Path): boolean {
  return first === 'apiVersion' || first === 'kind' || (first === 'metadata' && IDENTITY.includes(String(second)));
}

const IDENTITY: readonly string[] = ['name', 'namespace'];

/** Whether a field is the one that is listed, or part of it. Lists are passed through: their items have no names of their own. */
function isBelow(leaf: Path, field: Path): boolean {
  const names = leaf.filter((segment) => typeof segment === 'string');
  return field.every((segment, index) => names[index] === segment);
}

function refuseNulls(value: Json, path: string, origin: Origin): void {
  if (value === null) {
    const message = 'a patch sets fields, and null sets nothing';
    complain(origin, { code: 'TemplateOutputInvalid', message, path, remedy: 'Leave the field out.' });
  }
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) refuseNulls(item as Json, `${path}[${index}]`, origin);
  } else if (isJsonObject(value)) {
    for (const [key, item] of Object.entries(value)) refuseNulls(item, `${path}.${formatPath([key])}`, origin);
  }
}
