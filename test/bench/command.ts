import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { fileURLToPath } from 'node:url';

/** How a command ended. */
export interface CommandResult {
  readonly code: number | null;
  readonly output: string;
}

/** The compiled engine, from this file in dist/test/bench/. */
const MAIN = fileURLToPath(new URL('../../bin/edict.js', import.meta.url));

/** Runs the `edict` command in a folder, as a user would. Throws where it ends in a way other than `codes`. */
export async function edict(
  words: readonly string[],
  { root, codes = [0] }: { readonly root: string; readonly codes?: readonly number[] },
): Promise<CommandResult> {
  const child = spawn(execPath, [MAIN, ...words], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  const output: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => output.push(chunk));
  const code = await new Promise<number | null>((done, fail) => child.on('error', fail).on('close', done));
  const result = { code, output: Buffer.concat(output).toString() };
  if (code === null || !codes.includes(code))
    throw new Error(`edict ${words.join(' ')} ended with ${code}: ${result.output.slice(-2000)}`);
  return result;
}

/** Where the local folder of a measurement is. */
export function stateIn(scratch: string): string {
  return join(scratch, 'state');
}
