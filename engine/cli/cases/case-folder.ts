import { existsSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readText, writeText } from '#adapters/files/file-access.js';
import { compareText } from '#model/json.js';
import { makeFolder } from '#wasm/make-folder.js';
import { refuseCase } from './case-facts.js';

/** Folder of all cases, below the root of a rule set. */
export const CASES = 'test/domains';
/** What a case is given. Everything else in its folder is golden. */
export const FACTS_FILE = 'facts.yaml';

/** The facts of a case, as a path in its rule set. */
export function factsFile({ name }: Pick<CaseFolder, 'name'>): string {
  return `${CASES}/${name}/${FACTS_FILE}`;
}

/** One case: a folder that is named by a sentence. */
export interface CaseFolder {
  /** `<domain>/<slug>/<case>`. */
  readonly name: string;
  readonly domain: string;
  readonly slug: string;
  readonly path: string;
}

/** Texts by path relative to a case's folder. */
export type Golden = ReadonlyMap<string, string>;

/** Every case of a rule set whose name contains one of `filters`, or every one where there are none. */
export function findCases(root: string, filters: readonly string[]): readonly CaseFolder[] {
  const top = join(root, CASES);
  return folders(top)
    .flatMap((domain) => folders(join(top, domain)).map((slug) => ({ domain, slug })))
    .flatMap((kind) => folders(join(top, kind.domain, kind.slug)).map((name) => caseFolder(top, kind, name)))
    .filter(({ name }) => filters.length === 0 || filters.some((filter) => `${CASES}/${name}`.includes(filter)));
}

function caseFolder(
  top: string,
  { domain, slug }: { readonly domain: string; readonly slug: string },
  sentence: string,
): CaseFolder {
  return { name: `${domain}/${slug}/${sentence}`, domain, slug, path: join(top, domain, slug, sentence) };
}

function folders(path: string): readonly string[] {
  if (!existsSync(path)) return [];
  const entries = readdirSync(path, { withFileTypes: true }).filter(
    (entry) => entry.isDirectory() && !entry.name.startsWith('.'),
  );
  return entries.map(({ name }) => name).sort(compareText);
}

/** The golden files that a case has. Throws CaseInvalid for a file that is none: accepting what is now would remove it. */
export function readGolden({ name: caseName, path }: CaseFolder): Golden {
  const below = (folder: string): readonly string[] =>
    readdirSync(join(path, folder), { withFileTypes: true }).flatMap((entry) => {
      const name = folder === '' ? entry.name : `${folder}/${entry.name}`;
      return entry.isDirectory() ? below(name) : [name];
    });
  const names = below('').filter((name) => name !== FACTS_FILE && !name.startsWith('.'));
  const stranger = names.find((name) => !/^(verdict\.yaml|plan\.txt|expected\/(cluster|patches|git)\/.+)$/.test(name));
  if (stranger !== undefined)
    refuseCase(`${CASES}/${caseName}/${stranger}`, '', 'the file is neither facts nor golden');
  return new Map(
    names.sort(compareText).map((name) => [name, readText(join(path, name), `${CASES}/${caseName}/${name}`)]),
  );
}

/** Makes `golden` the golden files of a case; gives the paths of those that changed. */
export function writeGolden(folder: CaseFolder, golden: Golden): readonly string[] {
  const before = readGolden(folder);
  const stale = [...before.keys()].filter((name) => !golden.has(name));
  const changed = [...golden].filter(([name, text]) => before.get(name) !== text);
  for (const name of stale) removeFile(folder.path, name);
  for (const [name, text] of changed) {
    makeFolder(dirname(join(folder.path, name)));
    writeText(join(folder.path, name), text);
  }
  return [...stale, ...changed.map(([name]) => name)].sort(compareText);
}

/** Removes a file, and the folders that are empty without it. */
function removeFile(root: string, name: string): void {
  rmSync(join(root, name), { force: true });
  for (let folder = dirname(name); folder !== '.'; folder = dirname(folder)) {
    if (readdirSync(join(root, folder)).length > 0) return;
    rmSync(join(root, folder), { recursive: true });
  }
}
