/** Runs the tests on real servers: `node dist/test/run-e2e.js [path part ...] [--node-option ...]`. */
import { argv, env, exit, stderr } from 'node:process';
import { runTestFiles } from './run-files.js';
import { locatePrograms, PROGRAMS } from './testbed/locate-programs.js';

try {
  // Before any test starts: a build takes longer than a test may.
  await locatePrograms(PROGRAMS, { environment: env, onProgress: (message) => void stderr.write(`${message}\n`) });
} catch (error) {
  stderr.write(`${(error as Error).message}\n`);
  exit(1);
}
// One file at a time: a control plane keeps two cores busy.
exit(runTestFiles({ folders: ['e2e'], words: argv.slice(2), concurrency: 1, minutes: 15 }));
