import { isJsonObject, type Json, type JsonObject } from '#model/json.js';
import { isDnsLabel, isLabelValue, isPathSegment, isQualifiedName, isSubdomain } from '#model/names.js';
import { groupOf, type KindReference, kindIdentity } from '#model/object.js';
import { DELETION_ANNOTATION, REPLACE_ANNOTATION } from '#model/ownership.js';
import { complain, type Origin } from './complaint.js';
import { listAt, objectWith, textAt } from './fields.js';

const FIELDS = ['name', 'namespace', 'labels', 'annotations', 'finalizers'];
/** Bytes of all annotations of one object (Kubernetes: TotalAnnotationSizeLimitB). */
const ANNOTATION_BYTES = 256 * 1024;
/** Namespaces and Services are DNS labels, RBAC takes any path segment, everything else is a DNS subdomain. */
const LABEL_NAMED: ReadonlySet<string> = new Set(['/Namespace', '/Service']);
const FREELY_NAMED = 'rbac.authorization.k8s.io';

/** The metadata of a rendered object, if Kubernetes would accept it and it leaves Edict's own notes alone. */
export function checkedMetadata(
  value: Json | undefined,
  kind: KindReference,
  path: string,
  origin: Origin,
): JsonObject {
  const invalid: Objection = (message, at, fragment) =>
    complain(origin, { code: 'TemplateOutputInvalid', message, path: `${path}${at}`, fragment });
  if (isJsonObject(value) && value.generateName !== undefined) {
    return invalid(
      'generateName would make a new object at every pass: give a name',
      '.generateName',
      value.generateName,
    );
  }
  const metadata = objectWith(value, FIELDS, path, origin);
  const name = textAt(metadata.name, `${path}.name`, origin);
  const limits = limitsOf(kind);
  if (!limits.accepts(name))
    invalid(`not a name that Kubernetes accepts for a ${kind.kind}: at most ${limits.words}`, '.name', name);
  for (const finalizer of listAt(metadata.finalizers, `${path}.finalizers`, origin)) {
    if (typeof finalizer !== 'string' || !isQualifiedName(finalizer))
      invalid('not a finalizer', '.finalizers', finalizer);
  }
  checkLabels(textsAt(metadata.labels, `${path}.labels`, origin), invalid);
  checkAnnotations(textsAt(metadata.annotations, `${path}.annotations`, origin), invalid);
  return metadata;
}

type Objection = (message: string, at: string, fragment?: Json) => never;

/** What objects of a kind may be named. */
function limitsOf(kind: KindReference): { readonly accepts: (name: string) => boolean; readonly words: string } {
  if (groupOf(kind.apiVersion) === FREELY_NAMED) return { accepts: isPathSegment, words: '253 characters, no / or %' };
  if (LABEL_NAMED.has(kindIdentity(kind))) return { accepts: isDnsLabel, words: '63 of a-z, 0-9 and -' };
  return { accepts: isSubdomain, words: '253 of a-z, 0-9, - and .' };
}

function checkLabels(labels: { readonly [key: string]: string }, invalid: Objection): void {
  for (const [key, text] of Object.entries(labels)) {
    const at = `.labels[${JSON.stringify(key)}]`;
    if (!isQualifiedName(key)) invalid('not a key that Kubernetes accepts in labels', at, key);
    if (isReserved(key)) invalid("labels below edict.dev are Edict's own", at, key);
    if (isLabelValue(text)) continue;
    invalid('not a label value: at most 63 of [A-Za-z0-9._-], beginning and ending with a letter or digit', at, text);
  }
}

function checkAnnotations(annotations: { readonly [key: string]: string }, invalid: Objection): void {
  for (const [key, text] of Object.entries(annotations)) {
    const at = `.annotations[${JSON.stringify(key)}]`;
    if (!isQualifiedName(key)) invalid('not a key that Kubernetes accepts in annotations', at, key);
    if (key === DELETION_ANNOTATION && text !== 'Delete' && text !== 'Orphan')
      invalid('must be Delete or Orphan', at, text);
    if (isReserved(key) && key !== DELETION_ANNOTATION && key !== REPLACE_ANNOTATION) {
      invalid("annotations below edict.dev are Edict's own", at, key);
    }
  }
  const size = Object.entries(annotations).reduce((sum, [key, text]) => sum + Buffer.byteLength(key + text), 0);
  if (size > ANNOTATION_BYTES)
    invalid(`annotations take ${size} bytes, and Kubernetes allows ${ANNOTATION_BYTES}`, '.annotations');
}

function isReserved(key: string): boolean {
  return key.startsWith('edict.dev/');
}

function textsAt(value: Json | undefined, path: string, origin: Origin): { readonly [key: string]: string } {
  if (value === undefined) return {};
  const wrong = isJsonObject(value) ? Object.entries(value).find(([, text]) => typeof text !== 'string') : ['', value];
  if (wrong === undefined) return value as { readonly [key: string]: string };
  const [key = '', fragment = null] = wrong as readonly [string, Json];
  return complain(origin, {
    code: 'TemplateOutputInvalid',
    message: `${path} must be an object of texts`,
    path: key === '' ? path : `${path}[${JSON.stringify(key)}]`,
    fragment,
  });
}
