import type { JsonnetTemplates } from '#adapters/jsonnet/jsonnet-templates.js';
import type { TracedResult } from '#jsonnet/jsonnet.js';
import type { Change, FieldChange } from '#model/change-set.js';
import { isJsonObject, type Json } from '#model/json.js';
import { type Path, parsePath, valueAt } from '#model/path.js';
import type { Pass } from '#reconcile/engine.js';
import { factsForDesired } from '#render/render.js';

/** The pass, whose changed fields also tell the line of a template that gave them their new values. */
export function withReasons(pass: Pass, templates: JsonnetTemplates): Pass {
  const { facts, changes, entry, rendering } = pass;
  if (facts === undefined || changes === undefined || rendering?.state !== 'desired') return pass;
  const traced = templates.explain({
    template: entry.template.path,
    function: 'desired',
    arguments: [factsForDesired(facts)],
    limits: entry.rule.limits,
  });
  const explained = changes.changes.map((change) => explainedChange(change, traced));
  return { ...pass, changes: { ...changes, changes: explained } };
}

function explainedChange(change: Change, traced: TracedResult): Change {
  const place = placeIn(change, traced.value as Json);
  if (place === undefined) return change;
  const fields = change.fields.map((field) => explainedField(field, place(field), traced));
  return { ...change, fields };
}

function explainedField(field: FieldChange, path: Path | undefined, { origins }: TracedResult): FieldChange {
  if (path === undefined || field.after === undefined) return field;
  for (let length = path.length; length > 1; length--) {
    const origin = origins.get(pointerOf(path.slice(0, length)));
    if (origin === undefined) continue;
    const place = `${origin.file}:${origin.line}`;
    return { ...field, origin: field.origin === undefined ? place : `${field.origin}, ${place}` };
  }
  return field;
}

/** Where in what a template says the changes of each sink come from. */
const LISTS = { cluster: 'resources', patch: 'patches', git: 'files' } as const;

/** Where in what the template said the fields of a change are. */
function placeIn(change: Change, said: Json): ((field: FieldChange) => Path | undefined) | undefined {
  const list = LISTS[change.sink];
  const index = listOf(said, list).findIndex((item) => isTarget(change, item));
  if (index < 0) return undefined;
  const layers = listOf(valueAt(said, [list, index]), 'layers');
  return ({ path, origin }) => {
    const inner = path === '' ? [] : parsePath(path);
    if (inner === undefined) return undefined;
    if (change.sink !== 'git') return [list, index, ...inner];
    const layer = layers.findIndex((each) => valueAt(each, ['name']) === origin);
    return layer < 0 ? [list, index, 'content', ...inner] : [list, index, 'layers', layer, 'values', ...inner];
  };
}

function listOf(value: Json | undefined, name: string): readonly Json[] {
  const list = isJsonObject(value) ? value[name] : undefined;
  return Array.isArray(list) ? list : [];
}

function isTarget(change: Change, item: Json): boolean {
  if (change.sink === 'git') {
    const { remote, name } = change.repository;
    const address = [valueAt(item, ['repository', 'remote']), valueAt(item, ['repository', 'name'])];
    return valueAt(item, ['path']) === change.path && address[0] === remote && address[1] === name;
  }
  const { kind, name } = change.key;
  const namespace = valueAt(item, ['metadata', 'namespace']) ?? change.key.namespace;
  return (
    valueAt(item, ['kind']) === kind &&
    valueAt(item, ['metadata', 'name']) === name &&
    namespace === change.key.namespace
  );
}

/** A JSON Pointer (RFC 6901). */
function pointerOf(path: Path): string {
  return path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
