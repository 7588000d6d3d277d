import { readdirSync, statSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { readText } from '#adapters/files/file-access.js';
import { type Catalog, type CatalogEntry, entryFor, stalledKind } from '#catalog/catalog.js';
import { EdictError, faultsOf } from '#errors/edict-error.js';
import type { Fault } from '#errors/fault.js';
import { isJsonObject, type Json } from '#model/json.js';
import { formatKey, type KubernetesObject, keyOf } from '#model/object.js';
import { parsePath } from '#model/path.js';
import { parseYaml, type YamlDocument } from '#model/yaml.js';

/** A custom resource that a user gave, or why it is none. */
export interface GivenObject {
  readonly file: string;
  readonly line: number;
  readonly object: KubernetesObject | undefined;
  readonly faults: readonly Fault[];
}

/** Reads every object in files and folders, in the order of their paths. `-` is not a path: nothing is read from standard input. */
export function readObjects(
  paths: readonly string[],
  context: { readonly directory: string; readonly catalog: Catalog; readonly namespace: string },
): readonly GivenObject[] {
  const { directory } = context;
  return paths
    .flatMap((path) => manifestsBelow(resolve(directory, path)))
    .flatMap((path) => readFile(path, relative(directory, path), context));
}

function manifestsBelow(path: string): readonly string[] {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) {
    throw new EdictError({
      code: 'UsageInvalid',
      message: `there is no ${path}`,
      location: {},
      remedy: 'Give files or folders of custom resources.',
    });
  }
  if (!stat.isDirectory()) return [path];
  const entries = readdirSync(path, { withFileTypes: true }).sort((left, right) => (left.name < right.name ? -1 : 1));
  return entries.flatMap((entry) => {
    if (entry.name.startsWith('.')) return [];
    const below = join(path, entry.name);
    if (entry.isDirectory()) return manifestsBelow(below);
    return /\.(ya?ml|json)$/.test(entry.name) ? [below] : [];
  });
}

function readFile(
  path: string,
  file: string,
  context: { readonly catalog: Catalog; readonly namespace: string },
): readonly GivenObject[] {
  try {
    return parseYaml(readText(path, file), { file }).flatMap((document) =>
      expandList(document).map((value) => given(value, document, file, context)),
    );
  } catch (error) {
    if (error instanceof EdictError) return [{ file, line: 1, object: undefined, faults: faultsOf(error) }];
    throw error;
  }
}

/** The items of a `List`, or the document itself. */
function expandList({ value }: YamlDocument): readonly Json[] {
  if (isJsonObject(value) && value.kind === 'List' && Array.isArray(value.items)) return value.items as readonly Json[];
  return [value];
}

function given(
  value: Json,
  document: YamlDocument,
  file: string,
  { catalog, namespace }: { readonly catalog: Catalog; readonly namespace: string },
): GivenObject {
  const place = { file, line: document.line };
  const object = asObject(value);
  if (object === undefined) {
    const fault: Fault = {
      code: 'ObjectInvalid',
      message: 'this is no Kubernetes object',
      location: place,
      remedy: 'Give apiVersion, kind and metadata.name.',
    };
    return { ...place, object: undefined, faults: [fault] };
  }
  const entry = entryFor(catalog, object);
  if (entry === undefined) return { ...place, object: undefined, faults: [unknownKind(object, catalog, place)] };
  const isNamespaced = entry.definition?.scope !== 'Cluster';
  const named =
    isNamespaced && object.metadata.namespace === undefined
      ? { ...object, metadata: { ...object.metadata, namespace } }
      : object;
  const faults = refusals(named, entry);
  return { ...place, object: named, faults: faults.map((fault) => atLine(fault, document, place)) };
}

function asObject(value: Json): KubernetesObject | undefined {
  if (!isJsonObject(value)) return undefined;
  const { apiVersion, kind, metadata } = value;
  const name = isJsonObject(metadata) ? metadata.name : undefined;
  const complete =
    typeof apiVersion === 'string' && typeof kind === 'string' && typeof name === 'string' && name !== '';
  return complete ? (value as unknown as KubernetesObject) : undefined;
}

function unknownKind(
  object: KubernetesObject,
  catalog: Catalog,
  location: { readonly file: string; readonly line: number },
): Fault {
  const stalled = stalledKind(catalog, object);
  const known = catalog.entries.map(({ rule }) => `${rule.for.kind} (${rule.for.apiVersion})`).join(', ') || 'none';
  return {
    code: 'ObjectKindUnknown',
    message:
      stalled === undefined
        ? `no rule is for ${object.kind} (${object.apiVersion})`
        : `the rule for ${object.kind} has faults, so that nothing is done for it`,
    location: { ...location, object: formatKey(keyOf(object)) },
    fragment: `kind: ${object.kind}`,
    remedy: stalled === undefined ? `Known are ${known}.` : 'Mend the faults that `edict check` reports.',
  };
}

/** What the API server refuses with fieldValidation=Strict: everything that is wrong, and every field that the schema does not know. */
export function refusals(object: KubernetesObject, { schema, rule }: CatalogEntry): readonly Fault[] {
  if (schema === undefined) return [];
  const { pruned, faults } = schema.admit(object, { sensitive: rule.sensitive });
  const unknown = pruned.map(
    (path): Fault => ({
      code: 'ObjectInvalid',
      message: `${path} is not a known field`,
      location: { object: formatKey(keyOf(object)), path },
      fragment: path,
      remedy: 'Remove it, or look for a typing error.',
    }),
  );
  return [...faults, ...unknown];
}

function atLine(fault: Fault, document: YamlDocument, place: { readonly file: string; readonly line: number }): Fault {
  const path = fault.location.path === undefined ? undefined : parsePath(fault.location.path);
  const line = path === undefined ? place.line : document.locate(path).line;
  return { ...fault, location: { ...fault.location, file: place.file, line } };
}
