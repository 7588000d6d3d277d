import { digestOf } from '#model/digest.js';
import type { CatalogEntry } from './catalog.js';
import type { Texts } from './texts.js';

/**
 * Hash of all that an evaluation of one kind depends on besides its facts: the rule, the schema of its kind, every file
 * of its template, and every policy that judges it with all packages that those use.
 */
export function revisionOf(
  entry: Omit<CatalogEntry, 'revision'>,
  sources: { readonly texts: Texts; readonly template: readonly string[]; readonly policies: readonly string[] },
): string {
  const { rule, definition, policies } = entry;
  // How often and how many at once is nothing that an evaluation depends on; what time it sees is.
  const { concurrency: _concurrency, triggers, ...rest } = rule;
  const evaluated = { ...rest, clock: triggers.clock };
  const applied = [...policies.request, ...policies.change];
  const judged = policyClosure(
    applied.map(({ policy }) => `policies/${policy.file}`),
    sources,
  );
  const texts = [...sources.template, ...judged].map((path) => [path, sources.texts.get(path)]);
  const enforced = applied.map(({ policy, ...rest }) => ({ ...rest, policy: policy.path }));
  const schemas = definition?.versions.map(({ apiVersion, schema }) => [apiVersion, schema]) ?? null;
  return digestOf(JSON.stringify([evaluated, schemas, enforced, texts])).slice(0, 16);
}

/** `files` and every policy that they refer to, directly or through others, sorted. */
function policyClosure(
  files: readonly string[],
  { texts, policies }: { readonly texts: Texts; readonly policies: readonly string[] },
): readonly string[] {
  const known = new Set<string>();
  const follow = (path: string): void => {
    if (known.has(path)) return;
    known.add(path);
    const references = referencesIn(texts.get(path));
    for (const other of policies) if (references.some((name) => meets(name, packageOf(other)))) follow(other);
  };
  for (const file of files) follow(file);
  return [...known].sort();
}

/** Names below `data` that a policy writes. A computed one, such as `data[name]`, may mean any. */
function referencesIn(text: string): readonly string[] {
  return [...text.matchAll(/\bdata\b((?:\.[A-Za-z_]\w*)*)/g)].map(([, name = '']) => name.slice(1));
}

function meets(reference: string, name: string): boolean {
  return reference === '' || `${reference}.`.startsWith(`${name}.`) || `${name}.`.startsWith(`${reference}.`);
}

function packageOf(path: string): string {
  return path.slice('policies/'.length, -'.rego'.length).replaceAll('/', '.');
}
