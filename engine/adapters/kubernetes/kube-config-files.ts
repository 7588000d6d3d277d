import { existsSync, readFileSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { load } from 'js-yaml';
import { EdictError } from '#errors/edict-error.js';
import { isJsonObject, type Json, type JsonObject } from '#model/json.js';

/** Fields that name files, which stand relative to the kubeconfig. */
const FILE_FIELDS = ['certificate-authority', 'client-certificate', 'client-key', 'tokenFile'];
const SECTIONS = { clusters: 'cluster', contexts: 'context', users: 'user' } as const;

/**
 * Several kubeconfig files as one (Kubernetes: "Organizing Cluster Access Using kubeconfig Files"): a file that is not
 * there is skipped, the first that says something wins, and files are named by absolute paths. Undefined where none of
 * them is there. Throws ClusterUnavailable for one that cannot be read; what it holds is not shown.
 */
export function mergeKubeConfigs(paths: readonly string[]): JsonObject | undefined {
  const documents = paths.filter((path) => existsSync(path)).map(readKubeConfig);
  if (documents.length === 0) return undefined;
  const current = documents.map((document) => document['current-context']).find((name) => typeof name === 'string');
  const sections = Object.keys(SECTIONS).map((section) => [section, mergeSection(documents, section)] as const);
  return {
    apiVersion: 'v1',
    kind: 'Config',
    ...(current === undefined ? {} : { 'current-context': current }),
    ...Object.fromEntries(sections),
  };
}

function mergeSection(documents: readonly JsonObject[], section: string): readonly Json[] {
  const merged = new Map<Json | undefined, Json>();
  for (const document of documents) {
    const list = document[section];
    for (const item of Array.isArray(list) ? (list as readonly Json[]) : []) {
      if (isJsonObject(item) && !merged.has(item.name)) merged.set(item.name, item);
    }
  }
  return [...merged.values()];
}

function readKubeConfig(path: string): JsonObject {
  const document = parse(path);
  const sections = Object.entries(SECTIONS).map(([section, field]): readonly [string, Json] => {
    const list = document[section];
    const items = Array.isArray(list) ? (list as readonly Json[]).filter(isJsonObject) : [];
    return [section, items.map((item) => ({ ...item, [field]: withAbsolutePaths(item[field], dirname(path)) }))];
  });
  return { ...document, ...Object.fromEntries(sections) };
}

function parse(path: string): JsonObject {
  let document: unknown;
  try {
    document = load(readFileSync(path, 'utf8'));
  } catch (cause) {
    // The message of the parser quotes the file, which holds credentials: it goes no further.
    throw unreadable(path, cause);
  }
  if (isJsonObject(document)) return document;
  throw unreadable(path, undefined);
}

function withAbsolutePaths(value: Json | undefined, folder: string): Json {
  if (!isJsonObject(value)) return {};
  const fields = FILE_FIELDS.flatMap((field): readonly (readonly [string, Json])[] => {
    const path = value[field];
    return typeof path === 'string' && path !== '' && !isAbsolute(path) ? [[field, join(folder, path)]] : [];
  });
  return { ...value, ...Object.fromEntries(fields) };
}

function unreadable(path: string, reason: unknown): EdictError {
  const code = reason instanceof Error && 'code' in reason ? ` (${String(reason.code)})` : '';
  return new EdictError({
    code: 'ClusterUnavailable',
    message: `the kubeconfig cannot be read${code}`,
    location: { file: path },
    remedy: 'See that it is there, readable, and what `kubectl config view` accepts.',
  });
}
