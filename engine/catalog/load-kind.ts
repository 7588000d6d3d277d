import { EdictError, faultsOf } from '#errors/edict-error.js';
import type { Fault } from '#errors/fault.js';
import type { Installation } from '#model/installation.js';
import { isJsonObject, type JsonObject } from '#model/json.js';
import type { KindReference } from '#model/object.js';
import type { Rule } from '#model/rule.js';
import type { YamlDocument } from '#model/yaml.js';
import { faultAt, readDocument, schemaFaults } from './document.js';
import type { KindFiles } from './layout.js';
import { parameterValues } from './parameters.js';
import { normaliseRule, substituteParameters } from './rule.js';
import { compileExpression, type Expression } from './schema/cel/expression.js';
import { compileResourceSchema, type ResourceSchema } from './schema/resource-schema.js';
import type { SourceTree } from './source-tree.js';

/** What the files of one kind say, before policies and templates are looked at. */
export interface LoadedKind {
  readonly files: KindFiles;
  readonly for: KindReference | undefined;
  readonly rule: Rule | undefined;
  readonly definition: ResourceSchema | undefined;
  readonly where: Expression | undefined;
  readonly ready: readonly (Expression | undefined)[];
  readonly faults: readonly Fault[];
}

/** Reads rule and CRD of a kind. Never throws for what a file says. */
export async function loadKind(files: KindFiles, tree: SourceTree, installation: Installation): Promise<LoadedKind> {
  const faults: Fault[] = [];
  const definition = await loadDefinition(files, tree, faults);
  const empty: LoadedKind = { files, for: undefined, rule: undefined, definition, where: undefined, ready: [], faults };
  if (files.rule === undefined) {
    faults.push(missing(files, 'rules', 'yaml'));
    return { ...empty, for: kindOf(definition) };
  }
  if (files.template === undefined) faults.push(missing(files, 'templates', 'jsonnet'));
  const read = await readDocument(tree, files.rule);
  faults.push(...read.faults);
  if (read.document === undefined) return { ...empty, for: kindOf(definition) };
  const invalid = schemaFaults('rule', read.document, files.rule);
  faults.push(...invalid);
  if (invalid.length > 0) return { ...empty, for: kindOf(definition) };
  const rule = buildRule(read.document, files, installation, faults);
  checkIdentity(rule, definition, read.document, faults);
  const compile = (source: string | undefined, path: readonly (string | number)[]): Expression | undefined =>
    source === undefined ? undefined : compiled(source, read.document as YamlDocument, path, rule.file, faults);
  const where = compile(rule.for.where, ['spec', 'for', 'where']);
  const ready = rule.writes.resources.map((write, index) => compile(write.ready, ['spec', 'writes', 'resources', index, 'ready']));
  return { files, for: rule.for, rule, definition, where, ready, faults };
}

async function loadDefinition(files: KindFiles, tree: SourceTree, faults: Fault[]): Promise<ResourceSchema | undefined> {
  if (files.schema === undefined) return undefined;
  const { document, faults: unread } = await readDocument(tree, files.schema);
  faults.push(...unread);
  if (document === undefined) return undefined;
  try {
    return compileResourceSchema(document.value as JsonObject, files.schema);
  } catch (error) {
    faults.push(...faultsOf(error).map((fault) => withLine(fault, document)));
    return undefined;
  }
}

function withLine(fault: Fault, document: YamlDocument): Fault {
  const path = fault.location.path === undefined ? [] : fault.location.path.split('.');
  return fault.location.line === undefined ? { ...fault, location: { ...fault.location, line: document.locate(path).line } } : fault;
}

function buildRule(document: YamlDocument, files: KindFiles, installation: Installation, faults: Fault[]): Rule {
  const { domain, slug } = files;
  const file = files.rule ?? '';
  const spec = (document.value as JsonObject)['spec'] as JsonObject;
  const declared = isJsonObject(spec['parameters'] ?? null) ? (spec['parameters'] as JsonObject) : {};
  const values = installation.parameters[domain] ?? {};
  const { parameters, faults: parameterFaults } = parameterValues(declared, values, { file, domain });
  faults.push(...parameterFaults);
  const substituted = substituteParameters(spec, parameters, (name) => {
    faults.push(
      faultAt(document, ['spec'], {
        code: 'RuleInvalid',
        message: `there is no parameter ${name}`,
        file,
        fragment: `{parameter: ${name}}`,
        remedy: `Declare it under parameters: known are ${Object.keys(declared).join(', ') || 'none'}.`,
      }),
    );
  });
  return normaliseRule(substituted as JsonObject, { domain, slug, file, parameters });
}

/** Identity comes from the path: the rule is named as its file, and is for the kind that its CRD defines. */
function checkIdentity(rule: Rule, definition: ResourceSchema | undefined, document: YamlDocument, faults: Fault[]): void {
  const { metadata } = document.value as { readonly metadata: { readonly name: string } };
  const report = (path: readonly string[], message: string, remedy: string): void => {
    faults.push(faultAt(document, path, { code: 'RuleInvalid', message, file: rule.file, remedy }));
  };
  if (metadata.name !== rule.slug) report(['metadata', 'name'], `the rule is named ${metadata.name}, its file ${rule.slug}`, `Name it ${rule.slug}.`);
  if (definition === undefined) {
    if (rule.for.where === undefined) report(['spec', 'for'], 'a kind without a CRD needs a condition', 'Add crds/, or for.where for a built-in kind.');
    return;
  }
  if (definition.singular !== rule.slug) report(['spec', 'for'], `the CRD's singular name is ${definition.singular}`, `Name the files of the kind ${definition.singular}.`);
  const version = definition.versions.find(({ apiVersion }) => apiVersion === rule.for.apiVersion);
  if (version === undefined || definition.kind !== rule.for.kind) {
    const known = definition.versions.map(({ apiVersion }) => `${apiVersion} ${definition.kind}`).join(', ');
    report(['spec', 'for'], `the CRD does not define ${rule.for.apiVersion} ${rule.for.kind}`, `It defines ${known}.`);
  }
}

function compiled(source: string, document: YamlDocument, path: readonly (string | number)[], file: string, faults: Fault[]): Expression | undefined {
  const { line, column } = document.locate(path);
  try {
    return compileExpression(source, { variables: ['self'], location: { file, line, column } });
  } catch (error) {
    if (!(error instanceof EdictError)) throw error;
    faults.push(...error.faults);
    return undefined;
  }
}

function missing({ domain, slug }: KindFiles, tree: string, ending: string): Fault {
  const path = `${tree}/${domain}/${slug}.${ending}`;
  return { code: 'CatalogFileMissing', message: `${domain}/${slug} has no ${path}`, location: { file: path }, remedy: `Add the file, or remove the others of ${domain}/${slug}.` };
}

function kindOf(definition: ResourceSchema | undefined): KindReference | undefined {
  const [version] = definition?.versions ?? [];
  return definition === undefined || version === undefined ? undefined : { apiVersion: version.apiVersion, kind: definition.kind };
}
