import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { loadAll } from 'js-yaml';
import { parseSync } from 'oxc-parser';
import { filesUnder } from './files.js';
import { FENCES, FORBIDDEN_FOLDERS, LAYERS, type LayerRule, OWN_WORDS } from './layers.js';

/** One breach of a layer rule; `line` counts from 1, `file` is relative to the root. */
export interface Violation {
  readonly rule: LayerRule;
  readonly file: string;
  readonly line: number;
  readonly detail: string;
}

interface Source {
  /** Relative to engine/, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

/**
 * Checks every file under `<root>/engine` against the rules of layers.ts, with the kinds of `<root>/crds`.
 * Cycles need no rule here: between folders the layers exclude them, inside a folder the linter finds them.
 */
export function checkLayers(root: string): readonly Violation[] {
  const kinds = kindPattern(join(root, 'crds'));
  return filesUnder(join(root, 'engine')).flatMap((path) => {
    const source = { path, text: readFileSync(join(root, 'engine', path), 'utf8') };
    return [...folderViolations(source), ...importViolations(source), ...kindViolations(source, kinds)];
  });
}

function folderViolations({ path }: Source): readonly Violation[] {
  if (!path.includes('/') && !path.endsWith('.ts')) return [];
  const folders = path.split('/').slice(0, -1);
  const forbidden = folders.filter((folder) => FORBIDDEN_FOLDERS.includes(folder));
  return [
    ...forbidden.map((folder) => violation('forbidden-folder', path, 1, folder)),
    ...(layerOf(unitOf(path)) < 0 ? [violation('unknown-folder', path, 1, unitOf(path))] : []),
  ];
}

function importViolations(source: Source): readonly Violation[] {
  if (!source.path.endsWith('.ts')) return [];
  return importsOf(source).flatMap(({ specifier, line }) => {
    const breach = specifier.match(/^[.#]/) ? crossing(source.path, specifier) : fence(source.path, specifier);
    return breach === undefined ? [] : [violation(breach.rule, source.path, line, breach.detail)];
  });
}

function importsOf({ path, text }: Source): readonly { readonly specifier: string; readonly line: number }[] {
  const { module, errors } = parseSync(path, text);
  if (errors[0] !== undefined) throw new Error(`engine/${path} does not parse: ${errors[0].message}`);
  const requests = [
    ...module.staticImports,
    ...module.staticExports.flatMap((statement) => statement.entries.slice(0, 1)),
  ].flatMap(({ moduleRequest }) =>
    moduleRequest ? [{ specifier: moduleRequest.value, at: moduleRequest.start }] : [],
  );
  // One pattern covers import('x') as an expression and as a type, which the parser lists apart or not at all.
  const calls = [...text.matchAll(/\bimport\s*\(\s*['"`]([^'"`]+)['"`]/g)];
  return [...requests, ...calls.map((call) => ({ specifier: call[1] ?? '', at: call.index }))].map(
    ({ specifier, at }) => ({ specifier, line: lineAt(text, at) }),
  );
}

type Breach = Pick<Violation, 'rule' | 'detail'> | undefined;

function crossing(path: string, specifier: string): Breach {
  const target = specifier.startsWith('#') ? specifier.slice(1) : posix.join(posix.dirname(path), specifier);
  if (target.startsWith('..')) return { rule: 'leaves-engine', detail: specifier };
  const [from, to] = [unitOf(path), unitOf(target)];
  const detail = `${from} imports ${specifier}`;
  if ((from === to) === specifier.startsWith('#')) return { rule: 'hidden-crossing', detail };
  if (from === to) return undefined;
  const [below, above] = [layerOf(to), layerOf(from)];
  if (below === above) return { rule: 'sibling-import', detail };
  if (below > above) return { rule: 'upward-import', detail };
  return below === 0 && above < layerOf('adapters') ? { rule: 'library-without-port', detail } : undefined;
}

function fence(path: string, specifier: string): Breach {
  const unit = unitOf(path);
  const found = FENCES.find(({ modules }) => modules.test(specifier));
  if (found === undefined || found.users.test(unit) || found.exceptions?.has(path)) return undefined;
  return { rule: 'fenced-module', detail: `${unit} imports ${specifier}, which is for ${found.names}` };
}

function kindViolations({ path, text }: Source, kinds: RegExp | undefined): readonly Violation[] {
  if (kinds === undefined || path.endsWith('README.md') || path.endsWith('go.sum')) return [];
  return [...text.matchAll(kinds)].map((found) => violation('named-kind', path, lineAt(text, found.index), found[0]));
}

function kindPattern(crds: string): RegExp | undefined {
  const words = filesUnder(crds)
    .filter((path) => path.endsWith('.yaml'))
    .flatMap((path) => loadAll(readFileSync(join(crds, path), 'utf8')))
    .flatMap((document) => {
      const names = (document as { spec?: { names?: Record<string, string> } } | null)?.spec?.names ?? {};
      return [names.kind, names.singular, names.plural].filter((word) => word !== undefined);
    })
    .filter((word) => !OWN_WORDS.has(word.toLowerCase().replace(/s$/, '')));
  return words.length === 0 ? undefined : new RegExp(`\\b(?:${[...new Set(words)].join('|')})\\b`, 'gi');
}

/** The folder of engine/ that a path belongs to: what the rules call a unit. Each adapter is a unit of its own. */
function unitOf(path: string): string {
  const [first = '', second = ''] = path.replace(/\.[a-z.]+$/, '').split('/');
  return first === 'adapters' ? `${first}/${second}` : first;
}

function layerOf(unit: string): number {
  return LAYERS.findIndex((folders) => folders.includes(unit.replace(/\/.*/, '')));
}

function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}

function violation(rule: LayerRule, path: string, line: number, detail: string): Violation {
  return { rule, file: `engine/${path}`, line, detail };
}
