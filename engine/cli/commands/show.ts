import { join, resolve } from 'node:path';
import { readText } from '#adapters/files/file-access.js';
import { EXIT } from '../environment.js';
import type { Invocation } from '../invocation.js';
import { kindNamed, pathsOf } from '../kind-files.js';
import { formatData } from '../output/data.js';
import { formatKind } from '../output/format-kind.js';
import { printFaults } from './print.js';

/** `edict show`: everything about one kind on one page. */
export async function show(invocation: Invocation, name: string): Promise<number> {
  const { console, environment, options } = invocation;
  const { catalog, tree } = await invocation.openCatalog();
  const root = resolve(environment.directory, options.root);
  const paths = await tree.list();
  const kind = kindNamed(name, catalog, paths);
  const { domain, slug } = kind.files;
  const { files, cases } = pathsOf(kind, paths, root);
  if (options.output !== 'text') {
    console.print(formatData({ domain, slug, files: [...files], cases: [...cases] }, options.output));
    return EXIT.done;
  }
  const { bold, dim } = console.style;
  if (kind.entry !== undefined) console.print(`${formatKind(kind.entry)}\n`);
  for (const path of files) {
    console.print(
      `${bold(`── ${path} ${'─'.repeat(Math.max(3, 76 - path.length))}`)}\n${readText(join(root, path), path)}`,
    );
  }
  console.print(bold(`── test/domains/${domain}/${slug}: ${cases.length} cases`));
  for (const each of cases) console.print(dim(`  ${each.slice(`${domain}/${slug}/`.length).replaceAll('-', ' ')}`));
  const faults = catalog.stalled.find((stalled) => stalled.domain === domain && stalled.slug === slug)?.faults ?? [];
  printFaults(invocation, faults);
  return faults.length === 0 ? EXIT.done : EXIT.fault;
}
