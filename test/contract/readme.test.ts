import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, test } from 'node:test';

const folder = mkdtempSync(join(tmpdir(), 'edict-readme-'));
after(() => rmSync(folder, { recursive: true }));

/** The first fenced block of `language` in the README. */
function block(language: string): string {
  const [, text] = new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'ms').exec(readFileSync('README.md', 'utf8')) ?? [];
  assert.ok(text !== undefined, `the README has a block of ${language}`);
  return text;
}

test('the first screen of the README is what the program prints, to the letter', () => {
  for (const tree of ['rules', 'crds', 'templates', 'policies', 'edict.yaml'])
    cpSync(tree, join(folder, tree), { recursive: true });
  writeFileSync(join(folder, 'performer.yaml'), block('yaml'));
  const program = `edict() { "${process.execPath}" "${resolve('dist/bin/edict.js')}" "$@"; }`;
  const { NO_COLOR: _no, FORCE_COLOR: _force, ...env } = process.env;
  const steps = block('console').split(/^\$ /m).slice(1);
  assert.ok(steps.length > 1, 'the README runs commands');
  for (const step of steps) {
    const [command = '', ...printed] = step.trimEnd().split('\n');
    const { stdout } = spawnSync('sh', ['-c', `${program}\n${command} 2>&1`], { cwd: folder, encoding: 'utf8', env });
    assert.deepEqual(stdout.trimEnd().split('\n'), printed, command);
  }
});
