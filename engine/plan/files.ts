import type { CatalogEntry } from '#catalog/catalog.js';
import type { FieldChange, FileChange } from '#model/change-set.js';
import { addressKey, type DesiredFile } from '#model/desired.js';
import { digestOf } from '#model/digest.js';
import type { Json } from '#model/json.js';
import { formatKey, type KubernetesObject, keyOf } from '#model/object.js';
import { contests, isSameInstance, pathTaken, recordPath } from '#model/records.js';
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
  refuseTakenPath(file, state, context);
  const change = { sink: 'git', repository, path, wave, shared, content, fields: [], reason: undefined } as const;
  if (before === undefined) return { ...change, action: 'create' };
  const own = state?.records.get(recordPath(context.instance, keyOf(context.owner)));
  const isNoted = (shared ? own?.shared : own?.files)?.includes(path) === true;
  if (before === content)
    return isNoted ? { ...change, action: 'none' } : { ...change, action: 'update', reason: NOTED };
  const fields = textDifferences(path, before, content).map((field) => withOrigin(field, file));
  return { ...change, action: 'update', fields };
}

const NOTED = 'it is there already, and becomes owned';

/** Throws PathTaken. A path belongs to whom its record says; a shared one to everybody who says the same of its content. */
function refuseTakenPath(
  { path, shared, content }: DesiredFile,
  state: RepositoryState | undefined,
  { instance, owner, entry }: FileContext,
): void {
  const own = recordPath(instance, keyOf(owner));
  const wish = { path, claim: shared ? { digest: digestOf(content), revision: entry.revision } : undefined };
  const other = (state?.voices.get(path) ?? []).find((record) => {
    const known = state?.records.get(record);
    return record !== own && known !== undefined && contests(known, wish, isSameInstance(record, own));
  });
  if (other === undefined) return;
  throw pathTaken(path, other, { file: entry.template.path, object: formatKey(keyOf(owner)) });
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
      .filter((path) => !rendered.has(path))
      .map((path) => staleFile(path, state, own, context));
  });
}

function staleFile(path: string, state: RepositoryState, own: string, { entry }: FileContext): FileChange {
  const reason = whyLeft(path, state, own, entry.rule.deletion.files);
  return {
    sink: 'git',
    action: reason === undefined ? 'delete' : 'orphan',
    repository: state.address,
    path,
    wave: 0,
    shared: state.records.get(own)?.shared.includes(path) === true,
    content: undefined,
    fields: [],
    reason: reason ?? 'it is no longer rendered',
  };
}

/** Why a stale file is no longer owned, but not deleted. */
function whyLeft(path: string, state: RepositoryState, own: string, deletion: 'Delete' | 'Orphan'): string | undefined {
  if (!state.snapshot.files.has(path)) return 'it is gone already';
  if (deletion === 'Orphan') return 'it is left behind';
  return (state.owners.get(path) ?? []).some((record) => record !== own) ? 'others share it' : undefined;
}

/** Leaf by leaf where both texts are YAML or JSON documents, as one change where they are not. */
function textDifferences(path: string, before: string, after: string): readonly FieldChange[] {
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
