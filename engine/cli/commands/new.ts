import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { writeText } from '#adapters/files/file-access.js';
import { EdictError } from '#errors/edict-error.js';
import { CASES } from '../cases/case-folder.js';
import { testCases } from '../cases/case-suite.js';
import { EXIT } from '../environment.js';
import type { Invocation } from '../invocation.js';
import { formatData } from '../output/data.js';
import { formatCase, isPassed } from '../output/format-tests.js';
import { scaffoldFiles } from '../scaffold/scaffold-files.js';
import { type ScaffoldOptions, scaffoldName } from '../scaffold/scaffold-name.js';
import { printFaults } from './print.js';

/** `edict new`: all files of a new kind, with an allowed and a denied case that pass. Overwrites nothing. */
export async function scaffold(invocation: Invocation, options: ScaffoldOptions): Promise<number> {
  const { console, environment, options: global } = invocation;
  const name = scaffoldName(options);
  const root = resolve(environment.directory, global.root);
  const files = scaffoldFiles(name, root);
  refuseToOverwrite([...files.keys()], root);
  for (const [path, text] of files) writeText(join(root, path), text);
  const loaded = await invocation.openCatalog();
  const id = `${name.domain}/${name.slug}`;
  const reports = await testCases(invocation, loaded, { filters: [`${CASES}/${id}/`], update: true, anew: false });
  const golden = reports.flatMap((report) => report.updated.map((path) => `${CASES}/${report.name}/${path}`));
  const paths = [...files.keys(), ...golden].sort();
  if (global.output !== 'text') console.print(formatData({ files: paths }, global.output));
  else
    console.print(
      `${paths.map((path) => `${console.style.green('+')} ${path}`).join('\n')}\n\n${nextSteps(name.slug)}`,
    );
  for (const report of reports) if (!isPassed(report)) console.note(formatCase(report, console.style));
  printFaults(invocation, loaded.catalog.faults);
  return loaded.catalog.faults.length === 0 && reports.every(isPassed) ? EXIT.done : EXIT.fault;
}

function refuseToOverwrite(paths: readonly string[], root: string): void {
  const taken = paths.filter((path) => existsSync(join(root, path)));
  if (taken.length === 0) return;
  throw new EdictError({
    code: 'UsageInvalid',
    message: `${taken.length === 1 ? 'a file is' : `${taken.length} files are`} there already, and nothing is overwritten`,
    location: { file: taken[0] ?? '' },
    fragment: taken.join(', '),
    remedy: 'Choose another kind, or remove the files.',
  });
}

function nextSteps(slug: string): string {
  return `Change them to what you need, then:
  edict check                       every fault of every file
  edict test ${slug.padEnd(22)} its cases; --update accepts what they come to
  edict plan examples/${slug}.yaml`;
}
