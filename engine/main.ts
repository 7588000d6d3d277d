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

// A reader that goes away early, such as `head`, ends the program quietly.
stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') exit(0);
  throw error;
});

const words = argv.slice(2);
const tools = openTools(env, (message) => {
  if (!words.some((word) => word === '-q' || word === '--quiet')) stderr.write(`${message}\n`);
});
const code = await runProgram(words, { variables: env, directory: cwd(), stdout, stderr, version, tools });
stdout.write('', () => exit(code));
