import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonObject } from '#model/json.js';
import { parseYaml } from '#model/yaml.js';
import { edictHere, temporaryFolder } from './run-edict.js';

/** A rule set with a read by name, a write to one namespace and a condition, in a folder of its own. */
export function folderWithNotes(): string {
  const folder = temporaryFolder('notes');
  const file = join(folder, 'rules/office/note.yaml');
  const text = readFileSync(file, 'utf8')
    .replace('{as: seals, apiVersion: v1, kind: Secret, labels: {seal-of: {path: metadata.name}}}', SEALS)
    .replace(
      '[{apiVersion: v1, kind: ConfigMap}]',
      '[{apiVersion: v1, kind: ConfigMap}, {apiVersion: batch/v1, kind: Job, namespaces: [press]}]',
    )
    .replace('kind: Note}', "kind: Note, where: self.spec.text != 'draft'}");
  writeFileSync(file, text);
  return folder;
}

const SEALS = '{as: seals, apiVersion: v1, kind: Secret, namespace: vault, name: seal}';

/** What `edict manifests` prints, in its order. */
export async function manifests(folder: string, ...words: readonly string[]): Promise<readonly JsonObject[]> {
  const { code, out, err } = await edictHere(folder, ['manifests', ...words]);
  assert.equal(code, 0, err);
  return parseYaml(out, { file: 'stdout' }).map(({ value }) => value as JsonObject);
}

/** Kind, namespace and name of each. */
export function namesOf(objects: readonly JsonObject[]): readonly string[] {
  return objects.map((object) => {
    const { name, namespace } = object.metadata as JsonObject;
    return [object.kind, namespace, name].filter((part) => part !== undefined).join('/');
  });
}

/** The one of this kind, namespace and name. */
export function named(objects: readonly JsonObject[], name: string): JsonObject {
  return objects[namesOf(objects).indexOf(name)] ?? assert.fail(`${name} is not among ${namesOf(objects).join(', ')}`);
}

/** The rules of a role, a line each. */
export const rulesOf = (object: JsonObject): readonly string[] =>
  (object.rules as readonly JsonObject[]).map(({ apiGroups, resources, resourceNames, verbs }) =>
    [apiGroups, resources, resourceNames ?? ['*'], verbs]
      .map((list) => (list as readonly string[]).join(' '))
      .join(' | '),
  );
