#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { argv, cwd, env, exit, stderr, stdout } from 'node:process';
import { runProgram } from '#cli/program.js';
import { openTools } from '#cli/tools.js';
import { PACKAGE_ROOT } from '#wasm/package-root.js';

const { version } = JSON.parse(readFileSync(join(PACKAGE_ROOT, 'package.json'), 'utf8')) as {
  readonly version: string;
};

let unwritten: NodeJS.ErrnoException | undefined;
stdout.on('error', (error: NodeJS.ErrnoException) => {
  unwritten ??= error;
});
// Where even faults cannot be told, the exit code tells.
stderr.on('error', () => undefined);

const words = argv.slice(2);
const tools = openTools(env, (message) => {
  if (!words.some((word) => word === '-q' || word === '--quiet')) stderr.write(`${message}\n`);
});
const code = await runProgram(words, { variables: env, directory: cwd(), stdout, stderr, version, tools });
stdout.write('', () => setImmediate(() => exit(exitCode())));

/** A reader that goes away early, such as `head`, has what it wants. A result that is lost is a fault. */
function exitCode(): number {
  if (unwritten === undefined || unwritten.code === 'EPIPE') return code;
  stderr.write(`the result could not be written: ${unwritten.message} [FileUnwritable]\n`);
  return 1;
}
