import type { CatalogEntry } from '#catalog/catalog.js';
import { EdictError } from '#errors/edict-error.js';
import type { FieldChange, FileChange } from '#model/change-set.js';
import { addressKey, type DesiredFile } from '#model/desired.js';
import type { Json } from '#model/json.js';
import { formatKey, type KubernetesObject, keyOf } from '#model/object.js';
import { recordPath } from '#model/records.js';
import type { RepositoryState } from '#model/repository-state.js';
import { parseYaml } from '#model/yaml.js';
import { differences } from './difference.js';

/** What the files of one owner are planned against. */
export interface FileContext {
  readonly entry: CatalogEntry;
  readonly owner: KubernetesObject;
  readonly instance: string;
  /** Every branch that the rendering names or that the rule ever wrote to, by `addressKey`. */
  readonly repositories: ReadonlyMap<string, RepositoryState>;
  /** Texts that the branches have now, by `addressKey` and path. */
  readonly texts: ReadonlyMap<string, ReadonlyMap<string, string>>;
}

/** One change for each rendered file, and one for each file that the owner has and no longer renders. */
export function planFiles(files: readonly DesiredFile[], context: FileContext): readonly FileChange[] {
  return [...files.map((file) => planFile(file, context)), ...staleFiles(files, context)];
}

function planFile(file: DesiredFile, context: FileContext): FileChange {
  const { repository, path, wave, shared, content } = file;
  const state = context.repositories.get(addressKey(repository));
  const before = context.texts.get(addressKey(repository))?.get(path);
  refuseTakenPath(file, before, state, context);
  const change = { sink: 'git', repository, path, wave, shared, content, reason: undefined } as const;
  if (before === content) return { ...change, action: 'none', fields: [] };
  const fields = textDifferences(path, before, content).map((field) => withOrigin(field, file));
  return { ...change, action: before === undefined ? 'create' : 'update', fields };
}

/** A path belongs to whom its record says; a shared one to everybody, as long as all agree about its content. */
function refuseTakenPath(
  { path, shared, content }: DesiredFile,
  before: string | undefined,
  state: RepositoryState | undefined,
  context: FileContext,
): void {
  const own = recordPath(context.instance, keyOf(context.owner));
  const others = (state?.owners.get(path) ?? []).filter((record) => record !== own);
  const other = others.find(
    (record) => !(shared && state?.records.get(record)?.shared.includes(path) && before === content),
  );
  if (other === undefined) return;
  throw new EdictError({
    code: 'PathTaken',
    message: `${path} is written by another object too, and the two disagree`,
    location: { file: context.entry.template.path, object: formatKey(keyOf(context.owner)), path },
    fragment: other,
    remedy: 'Give one of the two another path, or make both render the same shared file.',
  });
}

function staleFiles(files: readonly DesiredFile[], context: FileContext): readonly FileChange[] {
  const own = recordPath(context.instance, keyOf(context.owner));
  return [...context.repositories.values()].flatMap((state) => {
    const address = addressKey(state.address);
    const rendered = new Set(
      files.filter(({ repository }) => addressKey(repository) === address).map(({ path }) => path),
    );
    const record = state.records.get(own);
    return [...(record?.files ?? []), ...(record?.shared ?? [])]
      .filter((path) => !rendered.has(path) && state.snapshot.files.has(path))
      .map((path) => staleFile(path, state, own, context));
  });
}

function staleFile(path: string, state: RepositoryState, own: string, { entry }: FileContext): FileChange {
  const shared = (state.owners.get(path) ?? []).some((record) => record !== own);
  const kept = shared || entry.rule.deletion.files === 'Orphan';
  return {
    sink: 'git',
    action: kept ? 'orphan' : 'delete',
    repository: state.address,
    path,
    wave: 0,
    shared,
    content: undefined,
    fields: [],
    reason: shared ? 'others share it' : 'it is no longer rendered',
  };
}

/** Leaf by leaf where both texts are YAML or JSON documents, as one change where they are not. */
export function textDifferences(path: string, before: string | undefined, after: string): readonly FieldChange[] {
  if (before === undefined) return [];
  const left = documentOf(path, before);
  const right = documentOf(path, after);
  const fields = left === undefined || right === undefined ? [] : differences(left, right);
  return fields.length > 0 ? fields : [{ path: '', before, after }];
}

function documentOf(path: string, text: string): Json | undefined {
  if (!/\.(ya?ml|json)$/.test(path)) return undefined;
  try {
    const documents = parseYaml(text, { file: path });
    return documents.length === 1 ? documents[0]?.value : undefined;
  } catch {
    return undefined;
  }
}

function withOrigin(field: FieldChange, { origins }: DesiredFile): FieldChange {
  const origin = origins[field.path];
  return origin === undefined ? field : { ...field, origin };
}
