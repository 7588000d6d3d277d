#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { argv, cwd, env, exit, stderr, stdout } from 'node:process';
import { runProgram } from '#cli/program.js';
import { PACKAGE_ROOT } from '#wasm/package-root.js';

const { version } = JSON.parse(readFileSync(join(PACKAGE_ROOT, 'package.json'), 'utf8')) as {
  readonly version: string;
};

// A reader that goes away early, such as `head`, ends the program quietly.
stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') exit(0);
  throw error;
});

const code = await runProgram(argv.slice(2), { variables: env, directory: cwd(), stdout, stderr, version });
stdout.write('', () => exit(code));
