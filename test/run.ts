/**
 * Runs the tests that need no server: `node dist/test/run.js [path part ...] [--node-option ...]`.
 * A path part keeps the files whose path contains it (`test/engine/plan`); an option goes to node's test runner
 * (`--test-name-pattern=held`). The sources say what there is to run, so output of a deleted test never runs.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { argv, execPath, exit, stderr } from 'node:process';
import { filesUnder } from '../tools/files.js';

const folders = ['cli', 'contract', 'domains', 'engine'];
const options = argv.slice(2).filter((word) => word.startsWith('--'));
const parts = argv.slice(2).filter((word) => !word.startsWith('--'));

const files = filesUnder('test')
  .filter((path) => path.endsWith('.test.ts') && folders.includes(path.split(/[/.]/)[0] ?? ''))
  .filter((path) => parts.length === 0 || parts.some((part) => `test/${path}`.includes(part)))
  .map((path) => join('dist', 'test', path.replace(/\.ts$/, '.js')));

if (files.length === 0) {
  stderr.write(`no test file under test/{${folders.join(',')}} has ${parts.join(' or ')} in its path\n`);
  exit(2);
}

const settings = ['--enable-source-maps', '--test-concurrency=2', '--test-timeout=300000', '--test-reporter=spec'];
const { status } = spawnSync(execPath, ['--test', ...settings, ...options, ...files], { stdio: 'inherit' });
exit(status ?? 1);
