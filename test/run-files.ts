import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { execPath, stderr } from 'node:process';
import { filesUnder } from '../tools/files.js';

/** Which tests are run, and how. */
export interface TestRun {
  /** Folders of test/. */
  readonly folders: readonly string[];
  /**
   * The command line: a path part keeps the files whose path contains it (`test/engine/plan`); an option goes to node's
   * test runner (`--test-name-pattern=held`).
   */
  readonly words: readonly string[];
  readonly concurrency: number;
  readonly minutes: number;
}

/** Runs test files and gives the exit code. The sources say what there is, so output of a deleted test never runs. */
export function runTestFiles({ folders, words, concurrency, minutes }: TestRun): number {
  const options = words.filter((word) => word.startsWith('--'));
  const parts = words.filter((word) => !word.startsWith('--'));
  const files = filesUnder('test')
    .filter((path) => path.endsWith('.test.ts') && folders.includes(path.split(/[/.]/)[0] ?? ''))
    .filter((path) => parts.length === 0 || parts.some((part) => `test/${path}`.includes(part)))
    .map((path) => join('dist', 'test', path.replace(/\.ts$/, '.js')));
  if (files.length === 0) {
    stderr.write(`no test file under test/{${folders.join(',')}} has ${parts.join(' or ')} in its path\n`);
    return 2;
  }
  const settings = [
    '--enable-source-maps',
    `--test-concurrency=${concurrency}`,
    `--test-timeout=${minutes * 60_000}`,
    '--test-reporter=spec',
  ];
  return spawnSync(execPath, ['--test', ...settings, ...options, ...files], { stdio: 'inherit' }).status ?? 1;
}
