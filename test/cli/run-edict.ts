import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { PassThrough } from 'node:stream';
import { after } from 'node:test';
import { runProgram } from '#cli/program.js';

/** What a run of the built program gave. */
export interface Run {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

const program = resolve('dist/bin/edict.js');

/** Runs the built program in `folder`, as a pipe would, with `input` as its standard input. */
export function edict(
  folder: string,
  words: readonly string[],
  variables: NodeJS.ProcessEnv = {},
  input?: string,
): Run {
  const { NO_COLOR: _no, FORCE_COLOR: _force, UPDATE_GOLDEN: _update, ...inherited } = process.env;
  const run = spawnSync(process.execPath, [program, ...words], {
    cwd: folder,
    encoding: 'utf8',
    ...(input === undefined ? {} : { input }),
    env: { ...inherited, ...variables },
  });
  return { code: run.status, out: run.stdout, err: run.stderr };
}

/** Runs the program in this process: for many short runs. */
export async function edictHere(folder: string, words: readonly string[]): Promise<Run> {
  const { NO_COLOR: _no, FORCE_COLOR: _force, UPDATE_GOLDEN: _update, ...variables } = process.env;
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const environment = { variables, directory: folder, stdout, stderr, version: '0.0.0' };
  const code = await runProgram(words, environment);
  return { code, out: String(stdout.read() ?? ''), err: String(stderr.read() ?? '') };
}

/** A folder that is removed when the tests of this file are done; with a copy of `fixture` where one is named. */
export function temporaryFolder(fixture?: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'edict-test-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  if (fixture !== undefined) cpSync(join('test/fixtures', fixture), folder, { recursive: true });
  return folder;
}
