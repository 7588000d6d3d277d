import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import type { ErrorCode } from '#errors/codes.js';
import { EdictError, faultsOf } from '#errors/edict-error.js';
import { type Fault, fragmentOf } from '#errors/fault.js';
import type { JsonObject } from '#model/json.js';
import { formatPath, type Path, valueAt } from '#model/path.js';
import { parseYamlDocument, type YamlDocument } from '#model/yaml.js';
import { installationSchema } from './installation-schema.js';
import { ruleSchema } from './rule-schema.js';
import type { SourceTree } from './source-tree.js';

/** A document that was read, or why not. */
export type ReadDocument = { readonly document: YamlDocument; readonly faults: readonly Fault[] } | { readonly document: undefined; readonly faults: readonly Fault[] };

const ajv = new Ajv2020({ allErrors: true, strict: true, strictTypes: false, allowUnionTypes: true, verbose: true });
formats.default(ajv);

const DOCUMENTS = {
  rule: { validate: ajv.compile(ruleSchema), code: 'RuleInvalid' },
  installation: { validate: ajv.compile(installationSchema), code: 'InstallationInvalid' },
} as const satisfies { readonly [name: string]: { readonly validate: ValidateFunction; readonly code: ErrorCode } };

/** Reads one YAML document. */
export async function readDocument(tree: SourceTree, path: string): Promise<ReadDocument> {
  try {
    return { document: parseYamlDocument(await tree.read(path), { file: path }), faults: [] };
  } catch (error) {
    if (error instanceof EdictError) return { document: undefined, faults: faultsOf(error) };
    throw error;
  }
}

/** Every fault of a document under its schema, each with its line. */
export function schemaFaults(kind: keyof typeof DOCUMENTS, document: YamlDocument, file: string): readonly Fault[] {
  const { validate, code } = DOCUMENTS[kind];
  if (validate(document.value)) return [];
  const faults = new Map<string, Fault>();
  for (const error of mostSpecific(validate.errors ?? [])) {
    const path = pathOf(error);
    const place = document.locate(path);
    const name = formatPath(path);
    const value = valueAt(document.value, path);
    faults.set(`${name} ${error.keyword}`, {
      code,
      message: `${name === '' ? 'the document' : name} ${explain(error)}`,
      location: { file, line: place.line, column: place.column, path: name },
      ...(value === undefined ? {} : { fragment: fragmentOf(JSON.stringify(value)) }),
      remedy: remedyOf(error),
    });
  }
  return [...faults.values()];
}

/** A fault at a path of a document, with its line. */
export function faultAt(
  document: YamlDocument,
  path: Path,
  fault: { readonly code: ErrorCode; readonly message: string; readonly file: string; readonly fragment?: string; readonly remedy?: string },
): Fault {
  const { line, column } = document.locate(path);
  const { code, message, file, ...rest } = fault;
  return { code, message, location: { file, line, column, path: formatPath(path) }, ...rest };
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
  return keyword === 'additionalProperties' ? [...path, String(params['additionalProperty'])] : path;
}

function explain({ keyword, params, message }: ErrorObject): string {
  if (keyword === 'additionalProperties') return 'is not a known field';
  if (keyword === 'required') return `lacks ${String(params['missingProperty'])}`;
  if (keyword === 'enum') return `must be one of ${(params['allowedValues'] as readonly unknown[]).join(', ')}`;
  if (keyword === 'const') return `must be ${String(params['allowedValue'])}`;
  if (keyword === 'oneOf') return 'has none of the forms that are known';
  return message ?? 'is not valid';
}

function remedyOf({ keyword, parentSchema }: ErrorObject): string {
  const schema = (parentSchema ?? {}) as JsonObject & { readonly properties?: JsonObject };
  if (keyword === 'additionalProperties') return `Known are ${Object.keys(schema.properties ?? {}).join(', ')}.`;
  const { description } = schema;
  return typeof description === 'string' ? description : 'See engine/schema for what is allowed here.';
}
