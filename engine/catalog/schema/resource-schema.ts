import { EdictError } from '#errors/edict-error.js';
import { type Fault, fragmentOf } from '#errors/fault.js';
import { isJsonObject, type Json, type JsonObject } from '#model/json.js';
import { asJson, formatKey, type KubernetesObject } from '#model/object.js';
import { formatPath, type Path } from '#model/path.js';
import { checkMetadata, isLabel, isSubdomain } from './metadata.js';
import { Pass } from './pass.js';
import { compileRules, startRules } from './rule-walk.js';
import type { Schema } from './schema.js';
import { type Report, readSchema, reporter } from './structure.js';
import { type Check, compileValueValidation } from './value-check.js';
import { compileWalk, OBJECT_FIELDS } from './walk.js';

/** What a CustomResourceDefinition says, compiled. */
export interface ResourceSchema {
  readonly group: string;
  readonly kind: string;
  readonly singular: string;
  readonly plural: string;
  readonly scope: 'Cluster' | 'Namespaced';
  readonly versions: readonly ResourceVersion[];
}

/** One version of a kind. */
export interface ResourceVersion {
  readonly name: string;
  /** `group/version`. */
  readonly apiVersion: string;
  readonly served: boolean;
  readonly storage: boolean;
  /** Whether the kind has the status subresource. */
  readonly hasStatus: boolean;
  readonly printerColumns: readonly JsonObject[];
  /** The schema as the CRD gives it. */
  readonly schema: JsonObject;
  /** Does with an object what a kube-apiserver does; throws nothing. */
  admit(object: KubernetesObject, options?: AdmitOptions): Admission;
}

/** What `admit` may know besides the object. */
interface AdmitOptions {
  /** The object before the update: rules that compare with `oldSelf` run only when it is given. */
  readonly oldObject?: KubernetesObject;
  /** Paths whose values no fault may show. */
  readonly sensitive?: readonly Path[];
}

/** The object pruned and with defaults, the fields that its schema does not know, and why it is refused if it is. */
export interface Admission {
  readonly object: KubernetesObject;
  readonly pruned: readonly string[];
  readonly faults: readonly Fault[];
}

/** Compiles a CustomResourceDefinition (apiextensions.k8s.io/v1) of `file`; throws all its faults at once. */
export function compileResourceSchema(crd: JsonObject, file: string): ResourceSchema {
  const faults: Fault[] = [];
  const report = reporter(faults, file);
  const identity = readIdentity(crd, report);
  const entries = readVersions(crd, report);
  const versions = entries.map((entry, index) =>
    compileVersion(entry, identity, { path: ['spec', 'versions', index], report, faults, file }),
  );
  if (faults.length > 0) throw new EdictError(faults);
  return { ...identity, versions: versions.filter((version) => version !== undefined) };
}

/**
 * The same for a CRD that `compileResourceSchema` has accepted before: nothing is checked again, and a version is
 * compiled when its first object is admitted, so that a start does not grow with the number of kinds.
 */
export function soundResourceSchema(crd: JsonObject): ResourceSchema {
  const ignore = (): void => undefined;
  const identity = readIdentity(crd, ignore);
  const versions = readVersions(crd, ignore).map((entry) => {
    const schema = objectAt(objectAt(entry, 'schema'), 'openAPIV3Schema') as Schema;
    return describeVersion(entry, identity, schema, () => {
      const apiVersion = `${identity.group}/${textAt(entry, 'name')}`;
      return compileAdmission(schema, { apiVersion, identity, reportRule: ignore, path: [] });
    });
  });
  return { ...identity, versions };
}

type Identity = Omit<ResourceSchema, 'versions'>;

function readIdentity(crd: JsonObject, report: Report): Identity {
  const spec = objectAt(crd, 'spec');
  const names = objectAt(spec, 'names');
  const [group, kind, plural] = [textAt(spec, 'group'), textAt(names, 'kind'), textAt(names, 'plural')];
  const singular = textAt(names, 'singular') || kind.toLowerCase();
  const scope = textAt(spec, 'scope');
  const demand = (holds: boolean, path: Path, message: string, remedy: string): void => {
    if (!holds) report(path, { message, remedy });
  };
  const isDefinition = crd.apiVersion === 'apiextensions.k8s.io/v1' && crd.kind === 'CustomResourceDefinition';
  demand(
    isDefinition,
    ['kind'],
    'the document is no CustomResourceDefinition',
    'Give apiVersion: apiextensions.k8s.io/v1 and kind: CustomResourceDefinition.',
  );
  demand(
    isSubdomain(group) && group.includes('.'),
    ['spec', 'group'],
    'the group is no domain',
    'Use a DNS-1123 subdomain such as example.org.',
  );
  demand(
    isLabel(kind.toLowerCase()),
    ['spec', 'names', 'kind'],
    'the kind is no DNS-1035 label',
    'Use letters and digits.',
  );
  demand(
    isLabel(plural),
    ['spec', 'names', 'plural'],
    'the plural is no DNS-1035 label',
    'Use lower-case letters and digits.',
  );
  demand(
    isLabel(singular),
    ['spec', 'names', 'singular'],
    'the singular is no DNS-1035 label',
    'Use lower-case letters and digits.',
  );
  demand(
    scope === 'Cluster' || scope === 'Namespaced',
    ['spec', 'scope'],
    'the scope is not known',
    'Use Namespaced or Cluster.',
  );
  const name = `${plural}.${group}`;
  demand(
    textAt(objectAt(crd, 'metadata'), 'name') === name,
    ['metadata', 'name'],
    'the name is not plural.group',
    `Use ${name}.`,
  );
  demand(
    spec.preserveUnknownFields !== true,
    ['spec', 'preserveUnknownFields'],
    'preserveUnknownFields may not be true',
    'Remove it and use x-kubernetes-preserve-unknown-fields.',
  );
  return { group, kind, singular, plural, scope: scope === 'Cluster' ? 'Cluster' : 'Namespaced' };
}

function readVersions(crd: JsonObject, report: Report): readonly JsonObject[] {
  const path = ['spec', 'versions'];
  const versions = objectAt(crd, 'spec').versions;
  const entries: readonly JsonObject[] = Array.isArray(versions) ? versions.filter(isJsonObject) : [];
  if (entries.length === 0) report(path, { message: 'there is no version', remedy: 'Give at least one version.' });
  const stored = entries.filter((entry) => entry.storage === true).length;
  if (entries.length > 0 && stored !== 1)
    report(path, {
      message: `${stored} versions are the storage version`,
      remedy: 'Give exactly one version storage: true.',
    });
  const seen = new Set<Json | undefined>();
  for (const [index, { name }] of entries.entries()) {
    const at = [...path, index, 'name'];
    if (typeof name !== 'string' || !isLabel(name))
      report(at, { message: 'the name of a version is no DNS-1035 label', remedy: 'Use a name such as v1alpha1.' });
    else if (seen.has(name)) report(at, { message: `the version ${name} is there twice`, remedy: 'Keep one of them.' });
    seen.add(name);
  }
  return entries;
}

interface VersionScope {
  readonly path: Path;
  readonly report: Report;
  readonly faults: Fault[];
  readonly file: string;
}

function compileVersion(
  entry: JsonObject,
  identity: Identity,
  { path, report, faults, file }: VersionScope,
): ResourceVersion | undefined {
  const schemaPath = [...path, 'schema', 'openAPIV3Schema'];
  const schema = readSchema(objectAt(entry, 'schema').openAPIV3Schema, schemaPath, report);
  if (schema === undefined) return undefined;
  const admit = compileAdmission(schema, {
    apiVersion: `${identity.group}/${textAt(entry, 'name')}`,
    identity,
    reportRule: (at, { message, fragment, remedy }) => {
      faults.push({
        code: 'RuleExpressionInvalid',
        message,
        location: { file, path: formatPath(at) },
        fragment: fragmentOf(fragment),
        remedy,
      });
    },
    path: schemaPath,
  });
  return describeVersion(entry, identity, schema, () => admit);
}

/** A version with its admission, which `compile` gives when it is first needed. */
function describeVersion(
  entry: JsonObject,
  identity: Identity,
  schema: Schema,
  compile: () => ResourceVersion['admit'],
): ResourceVersion {
  const name = textAt(entry, 'name');
  const columns = entry.additionalPrinterColumns;
  let admit: ResourceVersion['admit'] | undefined;
  return {
    name,
    apiVersion: `${identity.group}/${name}`,
    served: entry.served === true,
    storage: entry.storage === true,
    hasStatus: objectAt(entry, 'subresources').status !== undefined,
    printerColumns: Array.isArray(columns) ? columns.filter(isJsonObject) : [],
    schema: schema as JsonObject,
    admit: (object, options) => {
      admit ??= compile();
      return admit(object, options);
    },
  };
}

interface AdmissionScope {
  readonly apiVersion: string;
  readonly identity: Identity;
  readonly path: Path;
  readonly reportRule: Parameters<typeof compileRules>[1]['report'];
}

function compileAdmission(
  schema: Schema,
  { apiVersion, identity, path, reportRule }: AdmissionScope,
): ResourceVersion['admit'] {
  const walk = compileWalk(schema, OBJECT_FIELDS);
  const rules = compileRules(schema, { path, isRoot: true, report: reportRule });
  const metadataSchema = schema.properties?.metadata;
  const checkMore: Check = metadataSchema === undefined ? () => undefined : compileValueValidation(metadataSchema);
  return (object, { oldObject, sensitive = [] } = {}) => {
    const pass = new Pass(formatKey({ kind: object.kind, ...nameOf(object) }), sensitive);
    checkIdentity(object, { apiVersion, kind: identity.kind }, pass);
    pass.path.push('metadata');
    checkMetadata(asJson(object).metadata, identity.scope, pass);
    checkMore(asJson(object).metadata ?? null, pass);
    pass.path.pop();
    const result = walk(asJson(object), pass);
    if (pass.faults.length === 0)
      rules?.(result, oldObject === undefined ? undefined : asJson(oldObject), startRules(pass));
    return { object: result as unknown as KubernetesObject, pruned: pass.pruned, faults: pass.faults };
  };
}

/** What messages call the object; it may be anything yet. */
function nameOf(object: KubernetesObject): { readonly namespace?: string; readonly name: string } {
  const metadata = objectAt(asJson(object), 'metadata');
  const namespace = textAt(metadata, 'namespace');
  return { ...(namespace === '' ? {} : { namespace }), name: textAt(metadata, 'name') };
}

function checkIdentity(
  object: KubernetesObject,
  wanted: { readonly apiVersion: string; readonly kind: string },
  pass: Pass,
): void {
  for (const field of ['apiVersion', 'kind'] as const) {
    if (object[field] === wanted[field]) continue;
    pass.refuseAt(field, {
      message: 'the object is of another kind',
      remedy: `Use ${wanted[field]}.`,
      value: asJson(object)[field] ?? null,
    });
  }
}

function objectAt(object: JsonObject, key: string): JsonObject {
  const value = object[key];
  return isJsonObject(value) ? value : {};
}

function textAt(object: JsonObject, key: string): string {
  const value = object[key];
  return typeof value === 'string' ? value : '';
}
