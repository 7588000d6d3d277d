import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readText } from '#adapters/files/file-access.js';
import { INSTALLATION_FILE } from '#catalog/layout.js';
import { compareText } from '#model/json.js';
import { PACKAGE_ROOT } from '#wasm/package-root.js';
import type { ScaffoldName } from './scaffold-name.js';

/** The files stand beside the sources. */
const FILES = join(PACKAGE_ROOT, 'engine/cli/scaffold/files');

/** Files of a new kind by path. In a folder without `edict.yaml` that is one of them. */
export function scaffoldFiles(name: ScaffoldName, root: string): ReadonlyMap<string, string> {
  const marks = new Set([name.scope.toLowerCase(), ...(existsSync(join(root, 'engine/schema')) ? ['schema'] : [])]);
  const paths = filesBelow('').filter((path) => path !== INSTALLATION_FILE || !existsSync(join(root, path)));
  return new Map(
    paths.map((path) => [filledIn(path, name), filledIn(marked(readText(join(FILES, path), path), marks), name)]),
  );
}

function filesBelow(folder: string): readonly string[] {
  const entries = readdirSync(join(FILES, folder), { withFileTypes: true });
  const paths = entries.flatMap((entry) => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    return entry.isDirectory() ? filesBelow(path) : [path];
  });
  return paths.sort(compareText);
}

/** Without the lines that end in a mark which is not one of `marks`, and without the marks. */
function marked(text: string, marks: ReadonlySet<string>): string {
  const lines = text.split('\n').flatMap((line) => {
    const [, kept, mark] = /^(.*) @([a-z]+)$/.exec(line) ?? [];
    if (kept === undefined || mark === undefined) return [line];
    return marks.has(mark) ? [kept] : [];
  });
  return lines.join('\n');
}

function filledIn(text: string, { domain, kind, slug, plural, group, version, scope }: ScaffoldName): string {
  const words: { readonly [place: string]: string } = {
    domain,
    Kind: kind,
    slug,
    plural,
    group,
    version,
    Scope: scope,
    scope: scope === 'Cluster' ? 'cluster-scoped' : 'namespaced',
  };
  return text.replaceAll(/__([A-Za-z]+)__/g, (place, word: string) => words[word] ?? place);
}
