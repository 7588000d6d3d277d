import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';

/** `edict test -o json`, as far as it is looked at. */
interface Report {
  readonly cases: readonly {
    readonly name: string;
    readonly faults: readonly unknown[];
    readonly differences: readonly unknown[];
  }[];
  readonly policies: readonly { readonly file: string; readonly name: string; readonly outcome: string }[];
  readonly faults: readonly unknown[];
}

const words = ['dist/bin/edict.js', 'test', '-o', 'json'];
const { stdout, stderr } = spawnSync(process.execPath, words, { encoding: 'utf8', maxBuffer: 256 * 1024 * 1024 });
const report = (stdout === '' ? undefined : JSON.parse(stdout)) as Report | undefined;

test('the rule set of this repository has no faults, and cases and policy tests', () => {
  assert.ok(report !== undefined, stderr);
  assert.deepEqual(report.faults, []);
  assert.ok(report.cases.length > 0 && report.policies.length > 0);
});

test('the rule set of this repository has nothing to no purpose, and is formatted', () => {
  const run = (...given: string[]): string =>
    spawnSync(process.execPath, ['dist/bin/edict.js', ...given]).stdout.toString();
  assert.deepEqual((JSON.parse(run('check', '-o', 'json')) as { warnings: unknown[] }).warnings, []);
  assert.equal(run('fmt', '--check'), '');
});

for (const { name, faults, differences } of report?.cases ?? []) {
  test(`${name}: see what differs with \`edict test ${name}\``, () => {
    assert.deepEqual({ faults, differences }, { faults: [], differences: [] });
  });
}

for (const { file, name, outcome } of report?.policies ?? []) {
  test(`policies/${file} ${name}`, () => assert.equal(outcome, 'pass'));
}
