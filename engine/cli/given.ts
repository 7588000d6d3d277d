import { CLI_FIELD_MANAGER } from '#adapters/files/folder-cluster.js';
import { faultsOf } from '#errors/edict-error.js';
import { formatKey, type KubernetesObject, keyOf } from '#model/object.js';
import { type GivenObject, readObjects } from './objects.js';
import type { ObjectResult } from './results.js';
import type { View } from './workspace.js';

/** The objects that a verb is about, and the results of those that could not be read or taken. */
export interface Selection {
  readonly objects: readonly KubernetesObject[];
  readonly refused: readonly ObjectResult[];
  /** File of each object that was read from one, by `Kind/namespace/name`. */
  readonly files: ReadonlyMap<string, string>;
}

/** What is selected: files and folders, or everything that there is. */
export interface SelectionOptions {
  readonly paths: readonly string[];
  readonly directory: string;
  readonly namespace: string;
  /** Whether what is read is stored, as `kubectl apply` would. Else it is only looked at as if it had been. */
  readonly store: boolean;
}

/** Reads the objects that a user names. A faulty one is refused, the others are not affected. */
export async function selectObjects(view: View, { paths, store, ...options }: SelectionOptions): Promise<Selection> {
  if (paths.length === 0) return allStored(view);
  const given = refuseTwins(readObjects(paths, { ...options, catalog: view.catalog }));
  const objects: KubernetesObject[] = [];
  const refused: ObjectResult[] = [];
  const files = new Map<string, string>();
  for (const { object, file, faults } of given) {
    const name = object === undefined ? file : formatKey(keyOf(object));
    if (object === undefined || faults.length > 0) {
      refused.push({ object: name, file, pass: undefined, faults });
      continue;
    }
    try {
      objects.push(await take(object, view, store));
      files.set(name, file);
    } catch (error) {
      refused.push({ object: name, file, pass: undefined, faults: faultsOf(error) });
    }
  }
  return { objects, refused, files };
}

async function allStored({ stored }: View): Promise<Selection> {
  const { objects, faults } = await stored();
  const refused = faults.map((fault): ObjectResult => {
    const { file, object = file ?? '' } = fault.location;
    return { object, file, pass: undefined, faults: [fault] };
  });
  return { objects, refused, files: new Map() };
}

/** The object as the cluster has it after `kubectl apply`. One that does not exist yet has no uid before it is stored. */
async function take(object: KubernetesObject, { cluster }: View, store: boolean): Promise<KubernetesObject> {
  const request = { object, fieldManager: CLI_FIELD_MANAGER, force: true };
  if (store) return cluster.apply(request);
  const [known, next] = await Promise.all([cluster.get(keyOf(object)), cluster.apply({ ...request, dryRun: true })]);
  if (known !== null) return next;
  const { uid: _uid, creationTimestamp: _creationTimestamp, ...metadata } = next.metadata;
  return { ...next, metadata };
}

/** One object in two files: the second would silently win. */
function refuseTwins(given: readonly GivenObject[]): readonly GivenObject[] {
  const first = new Map<string, string>();
  return given.map((each) => {
    if (each.object === undefined) return each;
    const key = formatKey(keyOf(each.object));
    const other = first.get(key);
    first.set(key, other ?? each.file);
    if (other === undefined) return each;
    const fault = {
      code: 'ObjectInvalid' as const,
      message: `${key} is given twice`,
      location: { file: each.file, line: each.line, object: key },
      fragment: other,
      remedy: `Keep one: it is in ${other} too.`,
    };
    return { ...each, faults: [...each.faults, fault] };
  });
}
