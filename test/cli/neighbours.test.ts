import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { edictHere, temporaryFolder } from './run-edict.js';

const OBJECT = join('.edict', 'cluster', 'x', 'configmap', 'c.yaml');

/** A Tenant that patches, and an object of somebody else. */
function neighbourhood(patches: string): string {
  const folder = temporaryFolder('rulesets/neighbours');
  tenant(folder, patches);
  mkdirSync(join(folder, '.edict/cluster/x/configmap'), { recursive: true });
  writeFileSync(
    join(folder, OBJECT),
    'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c, namespace: x}\ndata: {a: theirs}\n',
  );
  return folder;
}

function tenant(folder: string, patches: string): void {
  const head = 'apiVersion: lab.example.org/v1\nkind: Tenant\nmetadata: {name: one, namespace: x}\n';
  writeFileSync(join(folder, 'tenant.yaml'), `${head}spec: {patches: [${patches}]}\n`);
}

const PATCH = '{apiVersion: v1, kind: ConfigMap, metadata: {name: c}, data: {b: ours}}';

test('the cases of a rule set that patches and takes over pass, and say so in their plans', async () => {
  const run = await edictHere(temporaryFolder('rulesets/neighbours'), ['test']);
  assert.equal(run.code, 0, run.out + run.err);
  assert.match(run.out, /4 passed, 0 failed/);
});

test('a patch is planned, applied, found done, and given back with its custom resource', async () => {
  const folder = neighbourhood(PATCH);
  const plan = await edictHere(folder, ['plan', 'tenant.yaml']);
  assert.match(plan.out, /≈ patch ConfigMap\/x\/c\n +data\.b: ours\n\s*Plan: 0 to create, 1 to change, 0 to delete/);
  assert.match((await edictHere(folder, ['apply', 'tenant.yaml'])).out, /Tenant\/x\/one +done +1 change/);
  assert.match(readFileSync(join(folder, OBJECT), 'utf8'), /a: theirs\n +b: ours/);
  assert.match((await edictHere(folder, ['apply', 'tenant.yaml'])).out, /no change/);
  tenant(folder, '');
  assert.match(
    (await edictHere(folder, ['plan', 'tenant.yaml'])).out,
    /release ConfigMap\/x\/c .*no longer patched.*\n +data\.b: ours removed/,
  );
  assert.match((await edictHere(folder, ['delete', 'tenant.yaml'])).out, /gone +1 change/);
  assert.doesNotMatch(readFileSync(join(folder, OBJECT), 'utf8'), /ours/);
});
