import { isJsonObject, type Json, type JsonObject } from '#model/json.js';
import type { Pass } from './pass.js';
import type { Check } from './value-check.js';

const MAXIMUM_ANNOTATIONS = 262144;
/** Fields of ObjectMeta. */
const FIELDS: ReadonlySet<string> = new Set([
  'annotations',
  'creationTimestamp',
  'deletionGracePeriodSeconds',
  'deletionTimestamp',
  'finalizers',
  'generateName',
  'generation',
  'labels',
  'managedFields',
  'name',
  'namespace',
  'ownerReferences',
  'resourceVersion',
  'selfLink',
  'uid',
]);
const LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const NAME = /^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/;

/** Whether `text` is a DNS-1123 label of at most 63 characters. */
export function isLabel(text: string): boolean {
  return text.length <= 63 && LABEL.test(text);
}

/** Whether `text` is a DNS-1123 subdomain of at most 253 characters. */
export function isSubdomain(text: string): boolean {
  return text.length <= 253 && SUBDOMAIN.test(text);
}

/** Whether `text` is a qualified name: a name of at most 63 characters, before it perhaps a subdomain and a slash. */
export function isQualifiedName(text: string): boolean {
  const [name = '', prefix, ...rest] = text.split('/').reverse();
  return rest.length === 0 && (prefix === undefined || isSubdomain(prefix)) && name.length <= 63 && NAME.test(name);
}

/** Whether `text` may be the value of a label. */
export function isLabelValue(text: string): boolean {
  return text === '' || (text.length <= 63 && NAME.test(text));
}

/** Validates the `metadata` of a custom resource as apimachinery does; fields that it does not know are pruned. A namespace may be absent: a request names it then. */
export function checkMetadata(metadata: Json | undefined, scope: 'Cluster' | 'Namespaced', pass: Pass): void {
  if (!isJsonObject(metadata)) {
    pass.refuse({ message: 'the object has no metadata', remedy: 'Give metadata with a name.' });
    return;
  }
  for (const field of Object.keys(metadata)) if (!FIELDS.has(field)) pass.prune(field);
  const { name, namespace } = metadata;
  if (typeof name !== 'string' || !isSubdomain(name)) {
    pass.refuseAt('name', {
      message: 'the name is no DNS-1123 subdomain',
      remedy: `Use ${SUBDOMAIN_WORDS}.`,
      value: name ?? null,
    });
  }
  if (namespace !== undefined && scope === 'Cluster') {
    pass.refuseAt('namespace', {
      message: 'a cluster-scoped object has no namespace',
      remedy: 'Remove the namespace.',
      value: namespace,
    });
  } else if (namespace !== undefined && !(typeof namespace === 'string' && isLabel(namespace))) {
    pass.refuseAt('namespace', {
      message: 'the namespace is no DNS-1123 label',
      remedy: `Use ${LABEL_WORDS}.`,
      value: namespace,
    });
  }
  checkMaps(metadata, pass);
}

/** Validates an object inside an object (`x-kubernetes-embedded-resource`). */
export const checkEmbeddedObject: Check = (value, pass) => {
  if (!isJsonObject(value)) return;
  for (const field of ['apiVersion', 'kind']) {
    if (typeof value[field] === 'string' && value[field] !== '') continue;
    pass.refuseAt(field, { message: 'an embedded object lacks what it is', remedy: `Give ${field} a value.` });
  }
  if (value.metadata === undefined) return;
  pass.path.push('metadata');
  if (isJsonObject(value.metadata)) checkMaps(value.metadata, pass);
  else pass.refuse({ message: 'the value has another type', remedy: 'Use an object.', value: value.metadata });
  pass.path.pop();
};

const LABEL_WORDS = 'at most 63 lower-case letters, digits and -, beginning and ending with a letter or digit';
const SUBDOMAIN_WORDS = 'at most 253 lower-case letters, digits, - and ., beginning and ending with a letter or digit';
const NAME_WORDS = 'at most 63 letters, digits, -, _ and ., beginning and ending with a letter or digit';

function checkMaps(metadata: JsonObject, pass: Pass): void {
  for (const [key, value] of textEntries(metadata, 'labels', pass)) {
    checkKey(['labels', key], key, pass);
    if (!isLabelValue(value))
      refuseEntry(
        ['labels', key],
        { message: 'the value of a label is malformed', remedy: `Use ${NAME_WORDS}.`, value },
        pass,
      );
  }
  let size = 0;
  for (const [key, value] of textEntries(metadata, 'annotations', pass)) {
    checkKey(['annotations', key], key.toLowerCase(), pass);
    size += Buffer.byteLength(key) + Buffer.byteLength(value);
  }
  if (size > MAXIMUM_ANNOTATIONS) {
    pass.refuseAt('annotations', {
      message: `the annotations hold ${size} bytes`,
      remedy: `Keep them below ${MAXIMUM_ANNOTATIONS} bytes.`,
    });
  }
  const finalizers = metadata.finalizers;
  if (!Array.isArray(finalizers)) return;
  for (const [index, finalizer] of finalizers.entries()) {
    if (typeof finalizer === 'string' && isQualifiedName(finalizer)) continue;
    refuseEntry(
      ['finalizers', index],
      { message: 'a finalizer is no qualified name', remedy: `Use ${NAME_WORDS}.`, value: finalizer },
      pass,
    );
  }
}

function checkKey(path: readonly [string, string], key: string, pass: Pass): void {
  if (isQualifiedName(key)) return;
  refuseEntry(
    path,
    {
      message: 'a key is no qualified name',
      remedy: `Use ${NAME_WORDS}; before it perhaps a DNS-1123 subdomain and a slash.`,
    },
    pass,
  );
}

function refuseEntry(
  [first, second]: readonly [string, string | number],
  refusal: Parameters<Pass['refuse']>[0],
  pass: Pass,
): void {
  pass.path.push(first);
  pass.refuseAt(second, refusal);
  pass.path.pop();
}

/** The entries of a map of texts; what is none is refused. */
function textEntries(metadata: JsonObject, field: string, pass: Pass): readonly (readonly [string, string])[] {
  const map = metadata[field];
  if (map === undefined || map === null) return [];
  if (!isJsonObject(map)) {
    pass.refuseAt(field, { message: 'the value has another type', remedy: 'Use an object of strings.', value: map });
    return [];
  }
  return Object.entries(map).filter((entry): entry is [string, string] => {
    if (typeof entry[1] === 'string') return true;
    refuseEntry(
      [field, entry[0]],
      { message: 'the value has another type', remedy: 'Use a string.', value: entry[1] },
      pass,
    );
    return false;
  });
}
