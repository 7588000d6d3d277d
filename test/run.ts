/** Runs the tests that need no server: `node dist/test/run.js [path part ...] [--node-option ...]`. */
import { argv, exit } from 'node:process';
import { runTestFiles } from './run-files.js';

const folders = ['cli', 'contract', 'domains', 'engine'];
exit(runTestFiles({ folders, words: argv.slice(2), concurrency: 2, minutes: 5 }));
