import type { Fault } from '#errors/fault.js';
import { fragmentOf } from '#errors/fault.js';
import { isJsonObject, type Json, type JsonObject } from '#model/json.js';
import { formatPath, type Path } from '#model/path.js';
import { forbiddenKeywords, keywords, skeletonKeywords } from './keywords.js';
import { Pass } from './pass.js';
import { compilePattern } from './pattern.js';
import { childSchemas, type Schema, valueValidations } from './schema.js';
import { compileWalk } from './walk.js';

/** Records a fault of a CRD: where it stands, what is wrong, what to do. */
export type Report = (
  path: Path,
  fault: { readonly message: string; readonly remedy: string; readonly value?: Json },
) => void;

/** A `Report` that appends faults of `file` to `faults`. */
export function reporter(faults: Fault[], file: string): Report {
  return (path, { message, remedy, value }) => {
    const fragment = value === undefined ? {} : { fragment: fragmentOf(JSON.stringify(value)) };
    faults.push({
      code: 'CatalogSchemaInvalid',
      message,
      location: { file, path: formatPath(path) },
      ...fragment,
      remedy,
    });
  };
}

/**
 * Checks that `document` is a structural schema as a kube-apiserver accepts it (Kubernetes documentation, "Specifying a
 * structural schema"), and gives it as one; undefined when it is not. CEL rules are not looked at here.
 */
export function readSchema(document: Json | undefined, path: Path, report: Report): Schema | undefined {
  let sound = true;
  const note: Report = (...fault) => {
    sound = false;
    report(...fault);
  };
  if (!isJsonObject(document)) {
    report(path, { message: 'a version has no schema', remedy: 'Give schema.openAPIV3Schema.' });
    return undefined;
  }
  checkKeywords(document, path, note);
  if (!sound) return undefined;
  const schema = document as Schema;
  if (schema.type !== 'object')
    note(path, { message: 'the schema of a kind describes an object', remedy: 'Give type: object.' });
  checkNode(schema, path, note);
  if (sound) checkDefaults(schema, path, note);
  return sound ? schema : undefined;
}

/** Every keyword is known and has the right shape, at every depth. */
function checkKeywords(schema: JsonObject, path: Path, report: Report): void {
  for (const [keyword, value] of Object.entries(schema)) {
    const at = [...path, keyword];
    const fits = keywords.get(keyword)?.(value);
    if (fits === true) continue;
    const forbidden = forbiddenKeywords.get(keyword);
    if (forbidden !== undefined) report(at, { message: 'a keyword that Kubernetes does not allow', remedy: forbidden });
    else if (fits === undefined)
      report(at, { message: 'a keyword that Kubernetes does not know', remedy: 'Correct its spelling or remove it.' });
    else
      report(at, {
        message: 'the value of a keyword has the wrong shape',
        remedy: `See the documentation of ${keyword}.`,
        value,
      });
  }
  for (const [below, child] of nestedDocuments(schema)) checkKeywords(child, [...path, ...below], report);
}

function* nestedDocuments(schema: JsonObject): Generator<readonly [Path, JsonObject]> {
  for (const keyword of ['items', 'not', 'additionalProperties']) {
    const child = schema[keyword];
    if (isJsonObject(child)) yield [[keyword], child];
  }
  for (const keyword of ['properties', 'allOf', 'anyOf', 'oneOf']) {
    const children = schema[keyword];
    if (typeof children !== 'object' || children === null) continue;
    for (const [key, child] of Object.entries(children)) {
      if (isJsonObject(child)) yield [[keyword, Array.isArray(children) ? Number(key) : key], child];
    }
  }
}

function checkNode(schema: Schema, path: Path, report: Report): void {
  checkType(schema, path, report);
  checkMembers(schema, path, report);
  checkList(schema, path, report);
  checkPattern(schema, path, report);
  for (const [below, child] of valueValidations(schema))
    checkValueValidation(child, [...path, ...below], { skeleton: schema, report });
  for (const [below, child] of childSchemas(schema)) checkNode(child, [...path, ...below], report);
}

function checkType(schema: Schema, path: Path, report: Report): void {
  const flexible = schema['x-kubernetes-int-or-string'] === true;
  if (flexible && schema.type !== undefined) {
    report([...path, 'type'], {
      message: 'an int-or-string has no type',
      remedy: 'Remove type or x-kubernetes-int-or-string.',
    });
  }
  if (!flexible && schema.type === undefined && schema['x-kubernetes-preserve-unknown-fields'] !== true) {
    report(path, {
      message: 'a schema has no type',
      remedy: 'Give type, x-kubernetes-int-or-string or x-kubernetes-preserve-unknown-fields.',
    });
  }
  if (schema.type === 'array' && schema.items === undefined)
    report(path, { message: 'an array has no items', remedy: 'Give items a schema.' });
  if (schema['x-kubernetes-embedded-resource'] !== true) return;
  if (schema.type !== 'object')
    report(path, { message: 'an embedded resource is an object', remedy: 'Give type: object.' });
  if (schema.properties === undefined && schema['x-kubernetes-preserve-unknown-fields'] !== true) {
    report(path, {
      message: 'an embedded resource has no fields',
      remedy: 'Give properties or x-kubernetes-preserve-unknown-fields.',
    });
  }
}

function checkMembers(schema: Schema, path: Path, report: Report): void {
  if (schema.additionalProperties === false) {
    report([...path, 'additionalProperties'], {
      message: 'additionalProperties may not be false',
      remedy: 'Remove it: unknown fields are pruned anyway.',
    });
  } else if (schema.additionalProperties !== undefined && Object.keys(schema.properties ?? {}).length > 0) {
    report([...path, 'additionalProperties'], {
      message: 'properties and additionalProperties exclude each other',
      remedy: 'Keep one of them.',
    });
  }
  if (schema.type !== undefined && schema.type !== 'object' && schema.properties !== undefined) {
    report([...path, 'properties'], {
      message: `a value of type ${schema.type} has no properties`,
      remedy: 'Give type: object.',
    });
  }
}

function checkList(schema: Schema, path: Path, report: Report): void {
  const listType = schema['x-kubernetes-list-type'];
  const keys = schema['x-kubernetes-list-map-keys'];
  if (listType !== undefined && schema.type !== 'array')
    report([...path, 'x-kubernetes-list-type'], {
      message: 'only an array has a list type',
      remedy: 'Give type: array.',
    });
  if ((listType === 'map') !== (keys !== undefined && keys.length > 0)) {
    report(path, {
      message: 'a list of type map has keys, and no other list has',
      remedy: 'Give x-kubernetes-list-type: map and x-kubernetes-list-map-keys together.',
    });
    return;
  }
  for (const key of keys ?? []) checkListKey(schema, key, path, report);
  if (listType !== 'set') return;
  const { type } = schema.items ?? {};
  const atomic =
    schema.items?.['x-kubernetes-list-type'] === 'atomic' ||
    (schema.items as JsonObject | undefined)?.['x-kubernetes-map-type'] === 'atomic';
  if (
    (type === 'object' || type === 'array') &&
    !atomic &&
    !(type === 'array' && schema.items?.['x-kubernetes-list-type'] === undefined)
  ) {
    report([...path, 'items'], {
      message: 'the items of a set are scalars or atomic',
      remedy: 'Give the items x-kubernetes-map-type: atomic.',
    });
  }
}

function checkListKey(schema: Schema, key: string, path: Path, report: Report): void {
  const at = [...path, 'x-kubernetes-list-map-keys'];
  const child = schema.items?.properties?.[key];
  if (child === undefined) {
    report(at, { message: `the key ${key} is no field of the items`, remedy: 'Name fields of items.properties.' });
    return;
  }
  if (child.type === 'array' || child.type === 'object')
    report(at, { message: `the key ${key} is no scalar`, remedy: 'Use strings, numbers or booleans as keys.' });
  if (schema.items?.required?.includes(key) === true || child.default !== undefined) return;
  report(at, { message: `the key ${key} may be absent`, remedy: 'Make it required or give it a default.' });
}

function checkPattern(schema: Schema, path: Path, report: Report): void {
  if (schema.pattern === undefined) return;
  try {
    compilePattern(schema.pattern);
  } catch (error) {
    report([...path, 'pattern'], {
      message: `RE2 refuses the pattern: ${(error as Error).message}`,
      remedy: 'Use the RE2 syntax: no look-around, no back references.',
      value: schema.pattern,
    });
  }
}

interface Surroundings {
  /** The schema at the same place outside `allOf` and the like; undefined where there is none. */
  readonly skeleton: Schema | undefined;
  readonly report: Report;
}

/** What stands in `allOf` and the like only restricts what the schema outside describes. */
function checkValueValidation(schema: Schema, path: Path, { skeleton, report }: Surroundings): void {
  checkPattern(schema, path, report);
  for (const keyword of Object.keys(schema)) {
    const typeOfEither = keyword === 'type' && skeleton?.['x-kubernetes-int-or-string'] === true;
    if (typeOfEither || !(skeletonKeywords.includes(keyword) || keyword.startsWith('x-kubernetes-'))) continue;
    report([...path, keyword], {
      message: `${keyword} may not stand inside allOf, anyOf, oneOf or not`,
      remedy: 'Move it to the schema outside.',
    });
  }
  const outside = new Map([...childSchemas(skeleton ?? {})].map(([below, child]) => [formatPath(below), child]));
  for (const [below, child] of childSchemas(schema)) {
    const counterpart =
      outside.get(formatPath(below)) ?? (below[0] === 'properties' ? outside.get('additionalProperties') : undefined);
    const open = skeleton?.['x-kubernetes-preserve-unknown-fields'] === true && skeleton.properties === undefined;
    if (counterpart === undefined && !open) {
      report([...path, ...below], {
        message: 'a field that the schema outside does not describe',
        remedy: 'Describe it outside too.',
      });
    } else checkValueValidation(child, [...path, ...below], { skeleton: counterpart ?? skeleton, report });
  }
  for (const [below, child] of valueValidations(schema))
    checkValueValidation(child, [...path, ...below], { skeleton, report });
}

/** Every default is valid under its own schema and holds no unknown field. */
function checkDefaults(schema: Schema, path: Path, report: Report): void {
  for (const [below, child] of childSchemas(schema)) checkDefaults(child, [...path, ...below], report);
  if (schema.default === undefined) return;
  const at = [...path, 'default'];
  const pass = new Pass('');
  compileWalk(schema)(schema.default, pass);
  for (const fault of pass.faults) {
    report(at, {
      message: `the default is not valid: ${fault.message}${where(fault)}`,
      remedy: fault.remedy ?? '',
      value: schema.default,
    });
  }
  for (const field of pass.pruned)
    report(at, {
      message: `the default holds the unknown field ${field}`,
      remedy: 'Remove it or describe it.',
      value: schema.default,
    });
}

function where({ location }: Fault): string {
  return location.path === undefined || location.path === '' ? '' : ` at ${location.path}`;
}
