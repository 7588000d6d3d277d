import { join, relative, resolve } from 'node:path';
import { ContentCache } from '#adapters/files/content-cache.js';
import { writeText } from '#adapters/files/file-access.js';
import { FolderTree } from '#adapters/files/folder-tree.js';
import { readPolicies } from '../cases/policy-tests.js';
import { EXIT } from '../environment.js';
import { formatPolicies } from '../format-policies.js';
import type { Invocation } from '../invocation.js';
import { faultData, formatData } from '../output/data.js';
import { formatDiff } from '../output/format-tests.js';
import { printFaults } from './print.js';

/** Options of `fmt`. */
export interface FormatOptions {
  /** Files or folders; none: every policy. */
  readonly paths: readonly string[];
  /** Write nothing, and fail where something is to be done. */
  readonly check: boolean;
}

/** `edict fmt`: policies as OPA formats them. */
export async function format(invocation: Invocation, { paths, check }: FormatOptions): Promise<number> {
  const { console, environment, options } = invocation;
  const root = resolve(environment.directory, options.root);
  const wanted = paths.map((path) => relative(join(root, 'policies'), resolve(environment.directory, path)));
  const isWanted = (file: string): boolean =>
    wanted.length === 0 || wanted.some((path) => path === '' || file === path || file.startsWith(`${path}/`));
  const all = await readPolicies(new FolderTree(root));
  const modules = Object.fromEntries(Object.entries(all.modules).filter(([file]) => isWanted(file)));
  const unread = all.faults.filter(({ location: { file = '' } }) => isWanted(relative('policies', file)));
  if (paths.length > 0 && Object.keys(modules).length + unread.length === 0) {
    console.note(`There is no policy in ${paths.join(', ')}.`);
    return EXIT.usage;
  }
  const { rego, cache } = invocation.openTools();
  const { formatted, faults: unsound } = await formatPolicies(modules, {
    tool: rego,
    cache: new ContentCache(join(cache, 'policy-formats')),
  });
  const faults = [...unread, ...unsound];
  const changed = Object.entries(formatted).filter(([file, text]) => modules[file] !== text);
  if (!check) for (const [file, text] of changed) writeText(join(root, 'policies', file), text);
  if (options.output !== 'text') {
    console.print(
      formatData({ changed: changed.map(([file]) => `policies/${file}`), faults: faultData(faults) }, options.output),
    );
  } else {
    for (const [file, text] of changed) {
      console.print(`policies/${file}`);
      if (check) console.print(formatDiff(modules[file] ?? '', text, console.style));
    }
    printFaults(invocation, faults);
  }
  return faults.length > 0 || (check && changed.length > 0) ? EXIT.fault : EXIT.done;
}
