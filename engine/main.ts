#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { argv, cwd, env, exit, stderr, stdout } from 'node:process';
import { runProgram } from '#cli/program.js';

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  readonly version: string;
};

// A reader that goes away early, such as `head`, ends the program quietly.
stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') exit(0);
  throw error;
});

const code = await runProgram(argv.slice(2), { variables: env, directory: cwd(), stdout, stderr, version });
stdout.write('', () => exit(code));
