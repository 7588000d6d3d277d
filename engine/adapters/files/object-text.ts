import { createHash } from 'node:crypto';
import { COLLECTION_STYLE, DUMP_SCHEMA, dump, visit } from 'js-yaml';
import { EdictError } from '#errors/edict-error.js';
import { canonicalJson, compareText, isJsonObject, type Json, type JsonObject } from '#model/json.js';
import { asJson, type KubernetesObject } from '#model/object.js';
import { parseYamlDocument } from '#model/yaml.js';
import { childAt, type FieldTree, isLeaf, mapTree, union } from './field-tree.js';
import type { ManagedFields } from './server-side-apply.js';

/** Manager of the fields that somebody changed in a file. */
const HAND_EDIT = 'hand-edit';

/** An object as its file tells it. */
export interface StoredObject {
  readonly object: KubernetesObject;
  /** Whether the text is not as it was written: somebody edited it. */
  readonly edited: boolean;
}

/**
 * The text of an object's file: a line with a hash of what follows, and the object as YAML. Each leaf of fieldsV1 holds
 * a hash of its value, so that after an edit by hand it is known which fields of whom were touched, as an API server
 * would know.
 */
export function formatObject(object: KubernetesObject): string {
  const metadata = {
    ...object.metadata,
    managedFields: managersOf(object).map((entry) => hashed(entry, asJson(object))),
  };
  const body = dump(
    { ...object, metadata },
    { sortKeys: compareText, lineWidth: -1, noRefs: true, schema: DUMP_SCHEMA, transform },
  );
  return `${headOf(body)}${body}`;
}

/** Reads what `formatObject` wrote, edited or not, or an object that somebody wrote by hand. Throws as `parseYaml` does. */
export function parseObject(text: string, file: string): StoredObject {
  const document = parseYamlDocument(text, { file });
  const { value } = document;
  const metadata = isJsonObject(value) ? value.metadata : undefined;
  const named = isJsonObject(value) && isJsonObject(metadata) && typeof metadata.name === 'string';
  if (!named || typeof value.apiVersion !== 'string' || typeof value.kind !== 'string') {
    throw new EdictError({
      code: 'ObjectInvalid',
      message: 'The file holds no Kubernetes object.',
      location: { file, line: document.line },
      remedy: 'Give it apiVersion, kind and metadata.name, or remove it.',
    });
  }
  const object = value as unknown as KubernetesObject;
  const bodyStart = text.indexOf('\n') + 1;
  const edited = !text.startsWith(headOf(text.slice(bodyStart)));
  const managers = managersOf(object);
  if (managers.length === 0) return { object, edited };
  const managedFields = (edited
    ? heldManagers(managers, value)
    : managers.map(unhashed)) as unknown as readonly JsonObject[];
  return { object: { ...object, metadata: { ...object.metadata, managedFields } }, edited };
}

/** The managed fields of an object. */
export function managersOf(object: KubernetesObject): readonly ManagedFields[] {
  return (object.metadata.managedFields ?? []) as unknown as readonly ManagedFields[];
}

function headOf(body: string): string {
  const hash = createHash('sha256').update(body).digest('hex').slice(0, 16);
  return `# edict ${hash} - edit what follows as you like: Edict notices\n`;
}

/** Keeps fieldsV1 on one line. */
function transform(documents: Parameters<typeof visit>[0]): void {
  visit(documents, (node) => {
    if (node.kind !== 'mapping') return;
    for (const { key, value } of node.items) {
      if (key.kind === 'scalar' && key.value === 'fieldsV1' && value.kind === 'mapping')
        value.style = COLLECTION_STYLE.FLOW;
    }
  });
}

function hashed(entry: ManagedFields, value: Json): JsonObject {
  return { ...entry, fieldsV1: hashTree(entry.fieldsV1, value) } as unknown as JsonObject;
}

function hashTree(tree: FieldTree, value: Json | undefined): Json {
  const entries = Object.keys(tree).map((key): [string, Json] => {
    const node = tree[key] ?? {};
    const child = childAt(value, key);
    const isHashed = isLeaf(node) && key !== '.';
    return [key, isHashed ? hashOf(child) : hashTree(node, child)];
  });
  return Object.fromEntries(entries);
}

function hashOf(value: Json | undefined): string {
  return createHash('sha1').update(canonicalJson(value)).digest('hex').slice(0, 8);
}

function unhashed(entry: ManagedFields): ManagedFields {
  return { ...entry, fieldsV1: plainTree(entry.fieldsV1) };
}

/** A tree whose hashes are leaves again. */
function plainTree(tree: FieldTree): FieldTree {
  return mapTree(tree, (node) => (typeof node === 'object' && node !== null ? plainTree(node) : {}));
}

/** The managers with the fields that still have the value they gave them; the others go to HAND_EDIT. */
function heldManagers(managers: readonly ManagedFields[], value: JsonObject): readonly ManagedFields[] {
  const kept = managers.flatMap((entry) => {
    const fieldsV1 = pick(entry.fieldsV1, value, true);
    return isLeaf(fieldsV1) ? [] : [{ ...entry, fieldsV1 }];
  });
  const touched = managers.map(({ fieldsV1 }) => pick(fieldsV1, value, false)).reduce(union, {});
  const [first] = managers;
  if (isLeaf(touched) || first === undefined) return kept;
  const rest = kept.filter(({ manager }) => manager !== HAND_EDIT);
  return [...rest, { ...first, manager: HAND_EDIT, operation: 'Update', fieldsV1: touched }];
}

/** The leaves whose hash is that of their value (`held`), or of another value that is there now. */
function pick(tree: FieldTree, value: Json | undefined, held: boolean): FieldTree {
  return mapTree(tree, (node, key) => {
    if (key === '.') return held ? {} : undefined;
    const child = childAt(value, key);
    if (child === undefined) return undefined;
    if (typeof node === 'string') return (node === hashOf(child)) === held ? {} : undefined;
    const below = pick(node, child, held);
    return isLeaf(below) ? undefined : below;
  });
}
