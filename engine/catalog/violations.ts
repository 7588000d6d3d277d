import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import type { Json, JsonObject } from '#model/json.js';
import type { Path } from '#model/path.js';
import { installationSchema } from './installation-schema.js';
import { ruleSchema } from './rule-schema.js';

/** The documents that have a schema. */
export type DocumentKind = 'rule' | 'installation';

/** One way in which a document does not match its schema. */
export interface Violation {
  readonly path: Path;
  readonly message: string;
  readonly remedy: string;
}

const ajv = new Ajv2020({ allErrors: true, strict: true, strictTypes: false, allowUnionTypes: true, verbose: true });
formats.default(ajv);

const VALIDATORS: { readonly [kind in DocumentKind]: ValidateFunction } = {
  rule: ajv.compile(ruleSchema),
  installation: ajv.compile(installationSchema),
};

/** Everything in which `value` does not match the schema of its kind. */
export function violations(kind: DocumentKind, value: Json): readonly Violation[] {
  const validate = VALIDATORS[kind];
  if (validate(value)) return [];
  return mostSpecific(validate.errors ?? []).map((error) => ({
    path: pathOf(error),
    message: explain(error),
    remedy: remedyOf(error),
  }));
}

/** Without the errors that only say which alternative did not match when a deeper one tells why. */
function mostSpecific(errors: readonly ErrorObject[]): readonly ErrorObject[] {
  const alternatives = errors.filter(({ keyword }) => keyword === 'oneOf' || keyword === 'anyOf');
  return errors.filter((error) => {
    if (alternatives.includes(error)) return true;
    return !alternatives.some((outer) => error.schemaPath.startsWith(`${outer.schemaPath}/`));
  });
}

function pathOf({ instancePath, keyword, params }: ErrorObject): Path {
  const path = instancePath
    .split('/')
    .slice(1)
    .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((segment) => (/^\d+$/.test(segment) ? Number(segment) : segment));
  return keyword === 'additionalProperties' ? [...path, String(params.additionalProperty)] : path;
}

function explain({ keyword, params, message }: ErrorObject): string {
  if (keyword === 'additionalProperties') return 'is not a known field';
  if (keyword === 'required') return `lacks ${String(params.missingProperty)}`;
  if (keyword === 'enum') return `must be one of ${(params.allowedValues as readonly unknown[]).join(', ')}`;
  if (keyword === 'const') return `must be ${String(params.allowedValue)}`;
  if (keyword === 'false schema') return 'excludes another field that is given: use one of name, labels and where';
  if (keyword === 'pattern') return 'is not written as it should be';
  if (keyword === 'oneOf') return 'has none of the forms that are known';
  return message ?? 'is not valid';
}

function remedyOf({ keyword, parentSchema }: ErrorObject): string {
  const schema = (parentSchema ?? {}) as JsonObject & { readonly properties?: JsonObject };
  if (keyword === 'additionalProperties') return `Known are ${Object.keys(schema.properties ?? {}).join(', ')}.`;
  const said = typeof schema.description === 'string' ? [schema.description] : [];
  if (keyword === 'pattern') return [...said, `Match ${String(schema.pattern)}`].join(' ');
  return said[0] ?? 'See engine/schema for what is allowed here.';
}
