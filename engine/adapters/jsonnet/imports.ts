import { posix } from 'node:path';
import type { Fault } from '#errors/fault.js';

/** One import of a Jsonnet file, as it is written. */
export interface Import {
  readonly keyword: 'import' | 'importstr' | 'importbin';
  readonly path: string;
  /** 1-based. */
  readonly line: number;
}

/** What a template imports, directly or through others. */
export interface ImportGraph {
  /** The template and every file that it uses, sorted. */
  readonly files: readonly string[];
  /** Those of them that are Jsonnet. */
  readonly libraries: readonly string[];
  /** Imports that lead nowhere. */
  readonly faults: readonly Fault[];
}

/** Comments, texts of every form, and words: enough of Jsonnet's grammar to tell an import from a text that looks like one. */
const TOKEN =
  /\/\/[^\n]*|#[^\n]*|\/\*[\s\S]*?\*\/|@'(?:''|[^'])*'|@"(?:""|[^"])*"|'(?:\\[\s\S]|[^'\\])*'|"(?:\\[\s\S]|[^"\\])*"|\|\|\|-?[^\n]*\n[\s\S]*?\n[ \t]*\|\|\||[A-Za-z_]\w*|\S/g;

/** The imports of a Jsonnet text, in their order. */
export function importsOf(text: string): readonly Import[] {
  const imports: Import[] = [];
  let keyword: Import['keyword'] | undefined;
  for (const { 0: token, index } of text.matchAll(TOKEN)) {
    if (/^(\/\/|#|\/\*)/.test(token)) continue;
    const path = keyword === undefined ? undefined : literal(token);
    if (keyword !== undefined && path !== undefined) {
      imports.push({ keyword, path, line: text.slice(0, index).split('\n').length });
    }
    keyword = token === 'import' || token === 'importstr' || token === 'importbin' ? token : undefined;
  }
  return imports;
}

/** Follows the imports of `template` in `files`, texts by path. Jsonnet itself meets a bad import only when it evaluates it. */
export function importGraph(template: string, files: { readonly [path: string]: string }): ImportGraph {
  const seen = new Set<string>([template]);
  const libraries = new Set<string>();
  const faults: Fault[] = [];
  const follow = (file: string): void => {
    for (const { keyword, path, line } of importsOf(files[file] ?? '')) {
      const target = posix.join(posix.dirname(file), path);
      const isOutside = path.startsWith('/') || target === '..' || target.startsWith('../');
      if (isOutside || !Object.hasOwn(files, target)) {
        faults.push({ ...badImport(path, isOutside), location: { file, line } });
      } else if (!seen.has(target)) {
        seen.add(target);
        if (keyword !== 'import') continue;
        libraries.add(target);
        follow(target);
      }
    }
  };
  follow(template);
  return { files: [...seen].sort(), libraries: [...libraries].sort(), faults };
}

function badImport(path: string, isOutside: boolean): Omit<Fault, 'location'> {
  return {
    code: 'TemplateInvalid',
    message: isOutside ? `${path} is outside the rule set` : `there is no ${path}`,
    fragment: path,
    remedy: 'Import a .libsonnet file below templates/, by its path relative to the importing file.',
  };
}

/** What a token says if it is a text, without escapes: no path of a rule set needs one. */
function literal(token: string): string | undefined {
  const [, verbatim, single, double] = /^(@?)(?:'([\s\S]*)'|"([\s\S]*)")$/.exec(token) ?? [];
  if (verbatim === undefined) return undefined;
  return single ?? double;
}
