#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import process, { argv, cwd, env, exit, stderr, stdout } from 'node:process';
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

const environment = { variables: env, directory: cwd(), stdin: () => process.stdin, stdout, stderr, version };
const code = await run(argv.slice(2));
stdout.write('', () => setImmediate(() => exit(exitCode())));

/** Each part of the command is loaded when it is asked for: `edict jsonnet` needs no catalog, and all else no Jsonnet command. */
async function run(words: readonly string[]): Promise<number> {
  if (words[0] === 'jsonnet') {
    const { runJsonnet } = await import('#cli/jsonnet/command.js');
    return runJsonnet(words.slice(1), environment);
  }
  const [{ runProgram }, { openTools }] = await Promise.all([import('#cli/program.js'), import('#cli/tools.js')]);
  const tools = openTools(env, (message) => {
    if (!words.some((word) => word === '-q' || word === '--quiet')) stderr.write(`${message}\n`);
  });
  return runProgram(words, { ...environment, tools });
}

/** A reader that goes away early, such as `head`, has what it wants. A result that is lost is a fault. */
function exitCode(): number {
  if (unwritten === undefined || unwritten.code === 'EPIPE') return code;
  stderr.write(`the result could not be written: ${unwritten.message} [FileUnwritable]\n`);
  return 1;
}
