import { type Catalog, type CatalogEntry, entryFor, stalledKind } from '#catalog/catalog.js';
import { type Fault, fragmentOf } from '#errors/fault.js';
import { isJsonObject, type Json } from '#model/json.js';
import { formatKey, type KubernetesObject, keyOf } from '#model/object.js';
import { formatPath, type Path, parsePath, valueAt } from '#model/path.js';
import { type Manifest, readManifests } from './manifests.js';

/** A custom resource that a user gave, or why it is none. */
export interface GivenObject {
  readonly file: string;
  readonly line: number;
  readonly object: KubernetesObject | undefined;
  readonly faults: readonly Fault[];
}

/** Where names are relative to, what is known of kinds, and the namespace of objects that name none. */
interface ReadContext {
  readonly directory: string;
  readonly catalog: Catalog;
  readonly namespace: string;
}

/** Reads every object in files and folders, in the order of their paths; a faulty one keeps no other from being read. */
export function readObjects(paths: readonly string[], context: ReadContext): readonly GivenObject[] {
  return readManifests(paths, context.directory).map((found) =>
    'faults' in found ? { ...found, line: 1, object: undefined } : given(found, context),
  );
}

function given(manifest: Manifest, { catalog, namespace }: ReadContext): GivenObject {
  const { file, document, path } = manifest;
  const place = { file, line: document.locate(path).line };
  const lack = lackOf(manifest);
  if (lack !== undefined) return { ...place, object: undefined, faults: [lack] };
  const object = manifest.value as unknown as KubernetesObject;
  const entry = entryFor(catalog, object);
  if (entry === undefined) return { ...place, object: undefined, faults: [unknownKind(object, catalog, place)] };
  const isNamespaced = entry.definition?.scope !== 'Cluster';
  const { namespace: own, ...metadata } = object.metadata;
  // As for an API server, an empty namespace is none.
  const isNone = own === undefined || own === null || own === '';
  const named = isNone ? { ...object, metadata: isNamespaced ? { ...metadata, namespace } : metadata } : object;
  const faults = refusals(named as KubernetesObject, entry);
  return { ...place, object: named as KubernetesObject, faults: faults.map((fault) => atLine(fault, manifest)) };
}

/** Which mark of a Kubernetes object is not there. */
function lackOf({ file, value, document, path }: Manifest): Fault | undefined {
  const marks: readonly Path[] = [['apiVersion'], ['kind'], ['metadata', 'name']];
  const missing = isJsonObject(value) ? marks.find((mark) => !isText(valueAt(value, mark))) : [];
  if (missing === undefined) return undefined;
  const found = missing.length === 0 ? undefined : valueAt(value, missing);
  const name = formatPath(missing);
  const why = name === '' ? '' : `: ${name} ${found === undefined ? 'is missing' : 'is no text'}`;
  return {
    code: 'ObjectInvalid',
    message: `this is no Kubernetes object${why}`,
    location: { file, line: document.locate([...path, ...missing]).line, path: formatPath([...path, ...missing]) },
    fragment: fragmentOf(found === undefined ? outlineOf(value) : JSON.stringify(found)),
    remedy: 'Give apiVersion, kind and metadata.name; a text that looks like a number needs quotes.',
  };
}

/** What a value is, without what it holds: it may be a Secret. */
function outlineOf(value: Json): string {
  if (isJsonObject(value)) return isText(value.kind) ? `kind: ${value.kind}` : `{${Object.keys(value).join(', ')}}`;
  if (value === null) return 'null';
  return Array.isArray(value) ? 'a list' : `a ${typeof value}`;
}

function isText(value: Json | undefined): boolean {
  return typeof value === 'string' && value !== '';
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

function atLine(fault: Fault, { file, document, path }: Manifest): Fault {
  const inside = parsePath(fault.location.path ?? '') ?? [];
  return { ...fault, location: { ...fault.location, file, line: document.locate([...path, ...inside]).line } };
}
