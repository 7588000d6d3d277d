import { EdictError, faultsOf } from '#errors/edict-error.js';
import type { Fault, Location } from '#errors/fault.js';
import { equalJson, isJsonObject, type JsonObject } from '#model/json.js';
import type { KindReference } from '#model/object.js';
import { type Path, parsePath, valueAt } from '#model/path.js';
import type { Rule } from '#model/rule.js';
import type { YamlDocument } from '#model/yaml.js';
import { type CheckCache, cached } from './check-cache.js';
import { ruleFaults } from './check-rule.js';
import { faultAt, readDocument, schemaFaults } from './document.js';
import { INSTALLATION_FILE, type KindFiles } from './layout.js';
import type { LoadedInstallation } from './load-installation.js';
import { parameterValues } from './parameters.js';
import { normaliseRule, substituteParameters } from './rule.js';
import { compileExpression, type Expression } from './schema/cel/expression.js';
import { compileResourceSchema, type ResourceSchema, soundResourceSchema } from './schema/resource-schema.js';
import type { SourceTree } from './source-tree.js';

/** What the files of one kind say, before policies and templates are looked at. */
export interface LoadedKind {
  readonly files: KindFiles;
  /** The rule as it is written; undefined where it could not be read. */
  readonly document: YamlDocument | undefined;
  readonly for: KindReference | undefined;
  readonly rule: Rule | undefined;
  readonly definition: ResourceSchema | undefined;
  readonly where: Expression | undefined;
  readonly ready: readonly (Expression | undefined)[];
  readonly faults: readonly Fault[];
}

/** What loading a kind needs. */
export interface KindContext {
  readonly tree: SourceTree;
  readonly installation: LoadedInstallation;
  readonly cache: CheckCache;
}

/** Reads rule and CRD of a kind. Never throws for what a file says. */
export async function loadKind(files: KindFiles, context: KindContext): Promise<LoadedKind> {
  const { tree, cache } = context;
  const faults: Fault[] = [];
  const definition = await loadDefinition(files, context, faults);
  const none = { files, document: undefined, rule: undefined, definition, where: undefined, ready: [], faults };
  if (files.rule === undefined) {
    faults.push(missing(files, 'rules', 'yaml'));
    return { ...none, for: kindOf(definition) };
  }
  if (files.template === undefined) faults.push(missing(files, 'templates', 'jsonnet'));
  const { document, faults: unread } = await readDocument(tree, files.rule);
  faults.push(...unread);
  if (document === undefined) return { ...none, for: kindOf(definition) };
  const invalid = await schemaFaults('rule', document, files.rule, cache);
  faults.push(...invalid);
  const rule = invalid.length > 0 ? undefined : await buildRule(document, files, context, faults);
  if (rule === undefined) return { ...none, for: writtenKind(document) ?? kindOf(definition) };
  const { isKnown } = context.installation;
  const installation = isKnown ? context.installation.installation : undefined;
  faults.push(...ruleFaults(rule, document, { hasSchema: files.schema !== undefined, definition, installation }));
  const compile = (source: string | undefined, path: Path): Expression | undefined =>
    source === undefined ? undefined : compiled(source, { file: rule.file, ...document.locate(path) }, faults);
  const where = compile(rule.for.where, ['spec', 'for', 'where']);
  const ready = rule.writes.resources.map((write, index) =>
    compile(write.ready, ['spec', 'writes', 'resources', index, 'ready']),
  );
  return { files, document, for: rule.for, rule, definition, where, ready, faults };
}

async function loadDefinition(
  { schema: file }: KindFiles,
  { tree, cache }: KindContext,
  faults: Fault[],
): Promise<ResourceSchema | undefined> {
  if (file === undefined) return undefined;
  const { document, faults: unread } = await readDocument(tree, file);
  faults.push(...unread);
  if (document === undefined) return undefined;
  const crd = document.value as JsonObject;
  const found = await cached(cache, 'definition', [file, crd], async () => definitionFaults(crd, file));
  faults.push(...found.map((fault) => withLine(fault, document)));
  return found.length === 0 ? soundResourceSchema(crd) : undefined;
}

function definitionFaults(crd: JsonObject, file: string): readonly Fault[] {
  try {
    compileResourceSchema(crd, file);
    return [];
  } catch (error) {
    return faultsOf(error);
  }
}

function withLine(fault: Fault, document: YamlDocument): Fault {
  const { line, path } = fault.location;
  if (line !== undefined) return fault;
  return { ...fault, location: { ...fault.location, ...document.locate(parsePath(path ?? '') ?? []) } };
}

/** The rule with its parameters put in; undefined where it is none any more once they are. */
async function buildRule(
  document: YamlDocument,
  files: KindFiles,
  { installation, cache }: KindContext,
  faults: Fault[],
): Promise<Rule | undefined> {
  const { domain, slug } = files;
  const file = files.rule ?? '';
  const { spec, ...outer } = document.value as JsonObject as { readonly spec: JsonObject };
  const { parameters: written, ...plain } = spec;
  const declared = isJsonObject(written) ? written : {};
  const values = installation.installation.parameters[domain] ?? {};
  const { parameters, faults: refused } = await parameterValues(declared, values, { file, domain, cache });
  faults.push(...refused.map((fault) => placed(fault, document, installation)));
  if (refused.length > 0) return undefined;
  const unknown: Fault[] = [];
  const substituted = substituteParameters(plain, parameters, (name, path) => {
    unknown.push(
      faultAt(document, ['spec', ...path], {
        code: 'RuleInvalid',
        message: `there is no parameter ${name}`,
        file,
        fragment: `{parameter: ${name}}`,
        remedy: `Declare it under parameters: known are ${Object.keys(declared).join(', ') || 'none'}.`,
      }),
    );
  }) as JsonObject;
  faults.push(...unknown);
  if (unknown.length > 0) return undefined;
  const whole = { ...document, value: { ...outer, spec: substituted } };
  // A parameter may be of a form that its place does not take.
  const invalid = equalJson(substituted, plain) ? [] : await schemaFaults('rule', whole, file, cache);
  faults.push(...invalid);
  return invalid.length > 0 ? undefined : normaliseRule(substituted, { domain, slug, file, parameters });
}

/** A fault of the parameters, with the line on which the rule declares or the installation sets them. */
function placed(fault: Fault, document: YamlDocument, { locate }: LoadedInstallation): Fault {
  const { file, path = '' } = fault.location;
  const parsed = parsePath(path) ?? [];
  if (file === INSTALLATION_FILE) return { ...fault, location: locate(parsed) };
  return { ...fault, location: { ...fault.location, ...document.locate(parsed) } };
}

/** The kind that an invalid rule is for, as far as it says so: its objects are stalled, not unknown. */
function writtenKind({ value }: YamlDocument): KindReference | undefined {
  const kind = valueAt(value, ['spec', 'for', 'kind']);
  const apiVersion = valueAt(value, ['spec', 'for', 'apiVersion']);
  return typeof kind === 'string' && typeof apiVersion === 'string' ? { apiVersion, kind } : undefined;
}

function compiled(source: string, location: Location, faults: Fault[]): Expression | undefined {
  try {
    return compileExpression(source, { variables: ['self'], location });
  } catch (error) {
    if (!(error instanceof EdictError)) throw error;
    faults.push(...error.faults);
    return undefined;
  }
}

function missing({ domain, slug }: KindFiles, tree: string, ending: string): Fault {
  const path = `${tree}/${domain}/${slug}.${ending}`;
  return {
    code: 'CatalogFileMissing',
    message: `${domain}/${slug} has no ${path}`,
    location: { file: path },
    remedy: `Add the file, or remove the others of ${domain}/${slug}.`,
  };
}

function kindOf(definition: ResourceSchema | undefined): KindReference | undefined {
  const [version] = definition?.versions ?? [];
  return definition === undefined || version === undefined
    ? undefined
    : { apiVersion: version.apiVersion, kind: definition.kind };
}
