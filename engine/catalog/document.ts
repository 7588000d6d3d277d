import type { ErrorCode } from '#errors/codes.js';
import { EdictError, faultsOf } from '#errors/edict-error.js';
import { type Fault, fragmentOf } from '#errors/fault.js';
import { formatPath, type Path, valueAt } from '#model/path.js';
import { parseYamlDocument, type YamlDocument } from '#model/yaml.js';
import { type CheckCache, cached } from './check-cache.js';
import { installationSchema } from './installation-schema.js';
import { ruleSchema } from './rule-schema.js';
import type { SourceTree } from './source-tree.js';
import type { DocumentKind } from './violations.js';

const CODES = { rule: 'RuleInvalid', installation: 'InstallationInvalid' } as const satisfies {
  readonly [kind in DocumentKind]: ErrorCode;
};
const SCHEMAS = { rule: ruleSchema, installation: installationSchema } as const;

/** A document that was read, or why not. */
export interface ReadDocument {
  readonly document: YamlDocument | undefined;
  readonly faults: readonly Fault[];
}

/** Reads one YAML document. Never throws for what the file says. */
export async function readDocument(tree: SourceTree, path: string): Promise<ReadDocument> {
  try {
    return { document: parseYamlDocument(await tree.read(path), { file: path }), faults: [] };
  } catch (error) {
    if (error instanceof EdictError) return { document: undefined, faults: faultsOf(error) };
    throw error;
  }
}

/**
 * Every fault of a document under its schema, each with its line. A text that was checked before is not checked again:
 * compiling a schema takes longer than all the rest of a start.
 */
export async function schemaFaults(
  kind: DocumentKind,
  document: YamlDocument,
  file: string,
  cache: CheckCache,
): Promise<readonly Fault[]> {
  const found = await cached(cache, 'document', [kind, SCHEMAS[kind], document.value], async () => {
    const { violations } = await import('./violations.js');
    return violations(kind, document.value);
  });
  const faults = found.map(({ path, message, remedy }): Fault => {
    const place = document.locate(path);
    const value = valueAt(document.value, path);
    const name = formatPath(path);
    return {
      code: CODES[kind],
      message: `${name === '' ? 'the document' : name} ${message}`,
      location: { file, line: place.line, column: place.column, path: name },
      ...(value === undefined ? {} : { fragment: fragmentOf(JSON.stringify(value)) }),
      remedy,
    };
  });
  return [...new Map(faults.map((fault) => [`${fault.location.path} ${fault.message}`, fault])).values()];
}

/** A fault at a path of a document, with its line. */
export function faultAt(
  document: YamlDocument,
  path: Path,
  fault: {
    readonly code: ErrorCode;
    readonly message: string;
    readonly file: string;
    readonly fragment?: string;
    readonly remedy?: string;
  },
): Fault {
  const { line, column } = document.locate(path);
  const { code, message, file, ...rest } = fault;
  return { code, message, location: { file, line, column, path: formatPath(path) }, ...rest };
}
