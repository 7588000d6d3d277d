import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Catalog, CatalogEntry } from '#catalog/catalog.js';
import { type KindFiles, layoutOf } from '#catalog/layout.js';
import { EdictError } from '#errors/edict-error.js';
import { findCases } from './cases/case-folder.js';

/** One kind as a user may name it, with its files. */
export interface NamedKind {
  readonly files: KindFiles;
  /** Undefined while the kind has faults. */
  readonly entry: CatalogEntry | undefined;
}

/** The kind that `text` names: by slug, kind, plural or `domain/slug`. Throws UsageInvalid, with names that are near. */
export function kindNamed(text: string, catalog: Catalog, paths: readonly string[]): NamedKind {
  const kinds = layoutOf(paths).kinds.map((files) => ({ files, entry: entryOf(catalog, files) }));
  const wanted = text.toLowerCase();
  const found = kinds.find((kind) => namesOf(kind).includes(wanted));
  if (found !== undefined) return found;
  const known = kinds.map(({ files }) => files.slug).join(', ') || 'none';
  const near = kinds
    .filter((kind) => namesOf(kind).some((name) => isNear(name, wanted)))
    .map(({ files }) => files.slug);
  throw new EdictError({
    code: 'UsageInvalid',
    message: `no kind is called ${JSON.stringify(text)}`,
    location: {},
    remedy: near.length > 0 ? `Did you mean ${near.join(' or ')}?` : `Known are ${known}.`,
  });
}

function entryOf({ entries }: Catalog, { domain, slug }: KindFiles): CatalogEntry | undefined {
  return entries.find(({ rule }) => rule.domain === domain && rule.slug === slug);
}

function namesOf({ files, entry }: NamedKind): readonly string[] {
  const { domain, slug } = files;
  const names = [slug, `${domain}/${slug}`, entry?.rule.for.kind, entry?.definition?.plural];
  return names.filter((name) => name !== undefined).map((name) => name.toLowerCase());
}

/** Whether a slip of the finger or the memory leads from one name to the other. */
function isNear(left: string, right: string): boolean {
  if (right.length >= 3 && (left.includes(right) || right.includes(left))) return true;
  return distance(left, right) <= Math.max(1, Math.floor(right.length / 4));
}

/** Levenshtein's. */
function distance(left: string, right: string): number {
  let row = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (const [index, letter] of [...left].entries()) {
    const next = [index + 1];
    for (const [column, other] of [...right].entries()) {
      const replaced = (row[column] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(replaced, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
    }
    row = next;
  }
  return row[right.length] ?? 0;
}

/** Paths of every file of a kind, in the order in which they are understood, and the names of its cases. */
export function pathsOf(
  { files, entry }: NamedKind,
  paths: readonly string[],
  root: string,
): { readonly files: readonly string[]; readonly cases: readonly string[] } {
  const { domain, slug, schema, rule, template } = files;
  const packages = [`${domain}/${slug}`, ...(entry?.rule.policies ?? [])];
  const policies = packages.flatMap((name) =>
    paths.filter((path) => path.startsWith(`policies/${name}/`) && path.endsWith('.rego')),
  );
  const beside = [`examples/${slug}.yaml`, `docs/kinds/${slug}.md`].filter((path) => existsSync(join(root, path)));
  const own = [schema, rule, template, ...policies, ...beside].filter((path) => path !== undefined);
  const cases = findCases(root, [`test/domains/${domain}/${slug}/`]).map(({ name }) => name);
  return { files: own, cases };
}
