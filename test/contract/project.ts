import { PassThrough } from 'node:stream';
import { Console } from '#cli/console.js';
import { type LoadedCatalog, openCatalog } from '#cli/workspace.js';

/** The rule set of this project, as the command loads it. Whoever opens it closes its tools. */
export async function openProject(): Promise<LoadedCatalog> {
  const options = { root: '.', state: '.edict', output: 'text', color: false, quiet: true } as const;
  const stdout = new PassThrough();
  const environment = { variables: process.env, directory: process.cwd(), stdout, stderr: stdout, version: '0.1.0' };
  return openCatalog(environment, options, new Console(environment, options));
}
