import { join, relative, resolve } from 'node:path';
import { ContentCache } from '#adapters/files/content-cache.js';
import { writeText } from '#adapters/files/file-access.js';
import { FolderTree } from '#adapters/files/folder-tree.js';
import type { Fault } from '#errors/fault.js';
import { readPolicies } from '../cases/policy-tests.js';
import { EXIT } from '../environment.js';
import { formatPolicies } from '../format-policies.js';
import { formatTemplates, readTemplates, type Texts } from '../format-templates.js';
import type { Invocation } from '../invocation.js';
import { faultData, formatData } from '../output/data.js';
import { formatDiff } from '../output/format-tests.js';
import { printFaults } from './print.js';

/** Options of `fmt`. */
export interface FormatOptions {
  /** Files or folders; none: every policy and every template. */
  readonly paths: readonly string[];
  /** Write nothing, and fail where something is to be done. */
  readonly check: boolean;
}

const POLICIES = 'policies/';

/** `edict fmt`: policies as OPA formats them, templates as go-jsonnet does. */
export async function format(invocation: Invocation, { paths, check }: FormatOptions): Promise<number> {
  const { console, environment, options } = invocation;
  const root = resolve(environment.directory, options.root);
  const wanted = paths.map((path) => relative(root, resolve(environment.directory, path)));
  const isWanted = (file: string): boolean =>
    wanted.length === 0 || wanted.some((path) => path === '' || file === path || file.startsWith(`${path}/`));
  const all = await readAll(root);
  const texts = Object.fromEntries(Object.entries(all.texts).filter(([file]) => isWanted(file)));
  const unread = all.faults.filter(({ location: { file = '' } }) => isWanted(file));
  if (paths.length > 0 && Object.keys(texts).length + unread.length === 0) {
    console.note(`There is no policy and no template in ${paths.join(', ')}.`);
    return EXIT.usage;
  }
  const { formatted, faults: unsound } = await formatAll(texts, invocation);
  const faults = [...unread, ...unsound];
  const changed = Object.entries(formatted).filter(([file, text]) => texts[file] !== text);
  if (!check) for (const [file, text] of changed) writeText(join(root, file), text);
  if (options.output !== 'text') {
    const files = changed.map(([file]) => file);
    console.print(formatData({ changed: files, faults: faultData(faults) }, options.output));
  } else {
    for (const [file, text] of changed) {
      console.print(file);
      if (check) console.print(formatDiff(texts[file] ?? '', text, console.style));
    }
    printFaults(invocation, faults);
  }
  return faults.length > 0 || (check && changed.length > 0) ? EXIT.fault : EXIT.done;
}

/** Every policy and every template that can be read, by its path, and what keeps the others from it. */
async function readAll(root: string): Promise<{ readonly texts: Texts; readonly faults: readonly Fault[] }> {
  const tree = new FolderTree(root);
  const policies = await readPolicies(tree);
  const templates = await readTemplates(tree);
  return {
    texts: { ...renamed(policies.modules, (file) => POLICIES + file), ...templates.texts },
    faults: [...policies.faults, ...templates.faults],
  };
}

async function formatAll(
  texts: Texts,
  invocation: Invocation,
): Promise<{ readonly formatted: Texts; readonly faults: readonly Fault[] }> {
  const { rego, jsonnet, cache } = invocation.openTools();
  const isPolicy = ([file]: readonly [string, string]): boolean => file.startsWith(POLICIES);
  const entries = Object.entries(texts);
  const policies = await formatPolicies(
    renamed(Object.fromEntries(entries.filter(isPolicy)), (file) => file.slice(POLICIES.length)),
    { tool: rego, cache: new ContentCache(join(cache, 'policy-formats')) },
  );
  const templates = await formatTemplates(Object.fromEntries(entries.filter((entry) => !isPolicy(entry))), {
    tool: jsonnet,
    cache: new ContentCache(join(cache, 'template-formats')),
  });
  return {
    formatted: { ...renamed(policies.formatted, (file) => POLICIES + file), ...templates.formatted },
    faults: [...policies.faults, ...templates.faults],
  };
}

function renamed(texts: Texts, rename: (file: string) => string): Texts {
  return Object.fromEntries(Object.entries(texts).map(([file, text]) => [rename(file), text]));
}
