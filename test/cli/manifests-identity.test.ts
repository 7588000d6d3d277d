import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { JsonObject } from '#model/json.js';
import { folderWithNotes, manifests, named, namesOf, rulesOf } from './printed-manifests.js';

/** The rights of the notes, where children are written as `identity` says. */
async function rightsWith(identity: string, ...words: readonly string[]): Promise<readonly JsonObject[]> {
  const folder = folderWithNotes();
  const file = join(folder, 'edict.yaml');
  writeFileSync(file, `${readFileSync(file, 'utf8')}  identity: ${identity}\n`);
  return manifests(folder, '--only', 'rbac', ...words);
}

test('with an account for each rule the engine may act as those, and writes no children itself', async () => {
  const objects = await rightsWith('Rule', '--name', 'acme');
  assert.ok(namesOf(objects).includes('ServiceAccount/edict-system/edict-note'));
  assert.deepEqual(rulesOf(named(objects, 'ClusterRole/acme-manager-role')), [
    ' | configmaps | * | get list watch',
    'events.k8s.io | events | * | create patch',
    'office.example.com | notes | * | get list watch patch',
    'office.example.com | notes/status | * | patch',
  ]);
  assert.deepEqual(rulesOf(named(objects, 'Role/edict-system/acme-engine-role')).slice(0, 2), [
    ' | configmaps | * | get create patch',
    ' | serviceaccounts | edict-note | impersonate',
  ]);
  assert.deepEqual(rulesOf(named(objects, 'ClusterRole/acme-rule-note-role')), [
    ' | configmaps | * | create patch delete',
    'office.example.com | notes/finalizers | * | update',
  ]);
  assert.deepEqual(rulesOf(named(objects, 'Role/press/acme-rule-note-role')), [
    'batch | jobs | * | create patch delete',
  ]);
  const { subjects } = named(objects, 'RoleBinding/press/acme-rule-note-rolebinding');
  assert.deepEqual(subjects, [{ kind: 'ServiceAccount', name: 'edict-note', namespace: 'edict-system' }]);
});

test('with an account for each namespace the engine may act as those, and their rights are bound to nobody', async () => {
  const objects = await rightsWith('Namespace');
  const engine = rulesOf(named(objects, 'ClusterRole/edict-manager-role'));
  assert.ok(engine.includes(' | serviceaccounts | edict | impersonate'), engine.join('\n'));
  assert.ok(!engine.some((rule) => rule.includes('create') && !rule.includes('events')), engine.join('\n'));
  assert.deepEqual(rulesOf(named(objects, 'ClusterRole/edict-children-role')), [
    ' | configmaps | * | create patch delete',
    'batch | jobs | * | create patch delete',
    'office.example.com | notes/finalizers | * | update',
  ]);
  assert.ok(!namesOf(objects).some((name) => /Binding.*children/.test(name)));
  const narrow = await rightsWith('Namespace', '--watch-namespace', 'desk', '--former', 'apps/v1/Deployment');
  assert.ok(
    rulesOf(named(narrow, 'Role/desk/edict-manager-role')).includes(' | serviceaccounts | edict | impersonate'),
  );
  assert.ok(rulesOf(named(narrow, 'ClusterRole/edict-children-role')).includes('apps | deployments | * | delete'));
});
