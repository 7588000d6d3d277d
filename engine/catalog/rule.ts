import { isJsonObject, type Json, type JsonObject } from '#model/json.js';
import { type Path, parsePath } from '#model/path.js';
import { parseBytes, parseDuration } from '#model/quantity.js';
import type {
  Binding,
  FailurePolicy,
  NamespaceBinding,
  PatchWrite,
  RepositoryWrite,
  ResourceRead,
  ResourceWrite,
  Rule,
  Selection,
} from '#model/rule.js';

/** A rule document as its schema promises it. */
interface RuleSpec {
  readonly for: { readonly apiVersion: string; readonly kind: string; readonly where?: string };
  readonly sensitive?: readonly string[];
  readonly reads?: {
    readonly resources?: readonly JsonObject[];
    readonly charts?: readonly { remote: string; chart?: string }[];
  };
  readonly writes?: {
    readonly resources?: readonly JsonObject[];
    readonly patches?: readonly JsonObject[];
    readonly repositories?: readonly RepositoryWrite[];
  };
  readonly policies?: readonly string[];
  readonly drift?: 'Correct' | 'Report';
  readonly deletion?: {
    readonly resources?: 'Delete' | 'Orphan';
    readonly files?: 'Delete' | 'Orphan';
    readonly finalizers?: readonly string[];
  };
  readonly hold?: { readonly deletes?: number };
  readonly preflight?: boolean;
  readonly admission?: { readonly failurePolicy?: FailurePolicy };
  readonly triggers?: { readonly clock?: string; readonly resync?: string; readonly throttle?: string };
  readonly concurrency?: number;
  readonly limits?: {
    readonly steps?: number;
    readonly depth?: number;
    readonly output?: string | number;
    readonly facts?: string | number;
  };
}

/** Where a rule stands in its rule set, and the parameter values it is given. */
export interface RuleContext {
  readonly domain: string;
  readonly slug: string;
  readonly file: string;
  readonly parameters: JsonObject;
}

/** Puts every default in its place. `spec` matches the rule schema and holds no `{parameter: ...}` any more. */
export function normaliseRule(spec: JsonObject, context: RuleContext): Rule {
  const rule = spec as unknown as RuleSpec;
  return {
    ...context,
    for: { apiVersion: rule.for.apiVersion, kind: rule.for.kind, where: rule.for.where },
    sensitive: paths(rule.sensitive),
    reads: {
      resources: (rule.reads?.resources ?? []).map(normaliseRead),
      charts: (rule.reads?.charts ?? []).map(({ remote, chart }) => ({ remote, chart: chart ?? '*' })),
    },
    writes: {
      resources: (rule.writes?.resources ?? []).map(normaliseWrite),
      patches: (rule.writes?.patches ?? []).map(normalisePatch),
      repositories: rule.writes?.repositories ?? [],
    },
    policies: rule.policies ?? [],
    drift: rule.drift ?? 'Correct',
    deletion: {
      resources: rule.deletion?.resources ?? 'Delete',
      files: rule.deletion?.files ?? 'Delete',
      finalizers: rule.deletion?.finalizers ?? [],
    },
    hold: { deletes: rule.hold?.deletes },
    preflight: rule.preflight ?? false,
    admission: { failurePolicy: rule.admission?.failurePolicy },
    triggers: {
      clock: parseDuration(rule.triggers?.clock ?? ''),
      resync: parseDuration(rule.triggers?.resync ?? '1h') ?? 0,
      throttle: parseDuration(rule.triggers?.throttle ?? '') ?? 0,
    },
    concurrency: rule.concurrency ?? 16,
    limits: {
      steps: rule.limits?.steps ?? 10_000_000,
      depth: rule.limits?.depth ?? 500,
      output: parseBytes(rule.limits?.output ?? '4Mi'),
      facts: parseBytes(rule.limits?.facts ?? '16Mi'),
    },
  };
}

/** Replaces every `{parameter: name}` below `value` by the parameter's value; `missing` hears of names that there are not. */
export function substituteParameters(
  value: Json,
  parameters: JsonObject,
  missing: (name: string, path: Path) => void,
  path: Path = [],
): Json {
  if (Array.isArray(value)) {
    return value.map((item: Json, index) => substituteParameters(item, parameters, missing, [...path, index]));
  }
  if (!isJsonObject(value)) return value;
  const name = value.parameter;
  if (typeof name === 'string' && Object.keys(value).length === 1) {
    if (!Object.hasOwn(parameters, name)) missing(name, path);
    return parameters[name] ?? null;
  }
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, substituteParameters(item, parameters, missing, [...path, key])]),
  );
}

function normaliseRead(read: JsonObject): ResourceRead {
  return {
    as: String(read.as),
    apiVersion: String(read.apiVersion),
    kind: String(read.kind),
    namespace: namespaceBinding(read.namespace ?? 'own'),
    selection: selection(read),
    fields: paths(read.fields as readonly string[] | undefined),
    optional: read.optional === true,
  };
}

function normaliseWrite(write: JsonObject): ResourceWrite {
  return {
    apiVersion: String(write.apiVersion),
    kind: String(write.kind),
    namespaces: (write.namespaces ?? 'own') as ResourceWrite['namespaces'],
    update: (write.update ?? 'InPlace') as ResourceWrite['update'],
    observe: paths(write.observe as readonly string[] | undefined),
    ready: write.ready as string | undefined,
    adopt: (write.adopt ?? []) as readonly string[],
  };
}

function normalisePatch(patch: JsonObject): PatchWrite {
  return {
    apiVersion: String(patch.apiVersion),
    kind: String(patch.kind),
    namespaces: (patch.namespaces ?? 'own') as PatchWrite['namespaces'],
    fields: paths(patch.fields as readonly string[]),
  };
}

function selection(read: JsonObject): Selection {
  const { name, labels, where } = read;
  if (name !== undefined) return { by: 'name', name: binding(name) };
  if (isJsonObject(labels)) {
    return {
      by: 'labels',
      labels: Object.fromEntries(Object.entries(labels).map(([key, value]) => [key, binding(value)])),
    };
  }
  if (Array.isArray(where)) {
    const fields = (where as readonly { readonly field: string; readonly equals: Json }[]).map(({ field, equals }) => ({
      field: parsePath(field) ?? [],
      equals: binding(equals),
    }));
    return { by: 'fields', fields };
  }
  return { by: 'all' };
}

function namespaceBinding(value: Json): NamespaceBinding {
  return value === 'own' || value === 'any' ? { from: value } : binding(value);
}

function binding(value: Json): Binding {
  if (isJsonObject(value)) return { from: 'path', path: parsePath(String(value.path)) ?? [] };
  return { from: 'literal', value: String(value) };
}

function paths(texts: readonly string[] | undefined): readonly Path[] {
  return (texts ?? []).map((text) => parsePath(text) ?? []);
}
