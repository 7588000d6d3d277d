import type { Fault } from '#errors/fault.js';
import { digestOf } from '#model/digest.js';
import { compareText } from '#model/json.js';
import { formatPath } from '#model/path.js';
import { type PolicySet, policiesFor, policyFaults, unusable } from './apply-policies.js';
import type { Catalog, CatalogEntry, StalledKind } from './catalog.js';
import type { CheckCache } from './check-cache.js';
import { duplicates, orphans, type SharedFault, unknownParameters } from './contradictions.js';
import { type Layout, layoutOf } from './layout.js';
import { type LoadedInstallation, loadInstallation } from './load-installation.js';
import { type LoadedKind, loadKind } from './load-kind.js';
import type { PolicyCompilation, PolicyCompiler } from './policy-compiler.js';
import { revisionOf } from './revision.js';
import type { SourceTree } from './source-tree.js';
import type { TemplateCheck, TemplateChecker } from './template-checker.js';
import { Texts } from './texts.js';

/** What loading needs. */
export interface LoadPorts {
  readonly compiler: PolicyCompiler;
  /** Gives a checker for these templates and libraries, by path. */
  readonly templates: (files: { readonly [path: string]: string }) => TemplateChecker;
  readonly cache: CheckCache;
  /** Version of this engine, for `requires`. */
  readonly version: string;
}

/**
 * Compiles a rule set into an immutable catalog. Every fault of every file is reported at once; a fault stalls only the
 * kinds that use the faulty file. Throws only what the tree throws when it cannot be listed.
 */
export async function loadCatalog(tree: SourceTree, ports: LoadPorts): Promise<Catalog> {
  const layout = layoutOf(await tree.list());
  const loaded = await loadInstallation(tree, layout.installation !== undefined, ports);
  const { installation } = loaded;
  const texts = new Texts(tree);
  const [kinds, compilation, templates] = await Promise.all([
    Promise.all(layout.kinds.map((files) => loadKind(files, { tree, installation: loaded, cache: ports.cache }))),
    compilePolicies(layout, texts, ports.compiler),
    texts.readAll([...layout.libraries, ...layout.kinds.flatMap(({ template }) => template ?? [])]),
  ]);
  const { packages, module } = compilation.policies;
  const set = { files: layout.policies, packages, faults: [...compilation.faults, ...texts.faults] };
  const checker = ports.templates(templates);
  const shared = [...duplicates(kinds), ...unknownParameters(loaded, kinds)];
  const context = { set, loaded, texts, shared };
  const built = await Promise.all(kinds.map(async (kind) => build(kind, await check(kind, checker, texts), context)));
  const entries = built.filter((each): each is CatalogEntry => 'rule' in each);
  const stalled = built.filter((each): each is StalledKind => !('rule' in each));
  const named = installation.policies.flatMap(({ package: folder }, index) =>
    unusable(folder, set, loaded.locate(['spec', 'policies', index, 'package'])),
  );
  const own = [...loaded.faults, ...shared.map(({ fault }) => fault), ...orphans(layout, kinds, installation)];
  return {
    installation,
    entries,
    stalled,
    policies: { module, packages },
    policiesReadTime: await readTime(layout, texts),
    faults: inOrder([...own, ...named, ...set.faults, ...stalled.flatMap(({ faults }) => faults)]),
    templates,
    revision: digestOf(
      JSON.stringify([installation, entries.map(({ revision }) => revision), stalled.map(({ slug }) => slug)]),
    ).slice(0, 12),
  };
}

/** By their texts: what only a comment says leads to more passes, and to no wrong one. */
async function readTime(layout: Layout, texts: Texts): Promise<boolean> {
  return Object.values(await texts.readAll(layout.policies)).some((text) => /\btime\b|\bfacts\[/.test(text));
}

async function compilePolicies(layout: Layout, texts: Texts, compiler: PolicyCompiler): Promise<PolicyCompilation> {
  const read = await texts.readAll(layout.policies);
  const sources = Object.entries(read).map(([path, text]) => ({ path: path.slice('policies/'.length), text }));
  return compiler.compile(sources);
}

function check({ files }: LoadedKind, checker: TemplateChecker, texts: Texts): Promise<TemplateCheck> | TemplateCheck {
  if (files.template === undefined) return { faults: [] };
  const unread = texts.faultsOf(files.template);
  return unread.length > 0 ? { faults: unread } : checker.check(files.template);
}

interface BuildContext {
  readonly set: PolicySet;
  readonly loaded: LoadedInstallation;
  readonly texts: Texts;
  readonly shared: readonly SharedFault[];
}

function build(kind: LoadedKind, template: TemplateCheck, context: BuildContext): CatalogEntry | StalledKind {
  const { files, rule, definition, where, ready } = kind;
  const { installation, faults: everywhere } = context.loaded;
  const faults = [
    ...kind.faults,
    ...('faults' in template ? template.faults : []),
    ...everywhere,
    ...context.shared.filter(({ stalls }) => stalls(kind)).map(({ fault }) => fault),
    ...judgedBy(kind, context),
  ];
  const { domain, slug, template: path } = files;
  const schema = definition?.versions.find(({ apiVersion }) => apiVersion === rule?.for.apiVersion);
  if (faults.length > 0 || rule === undefined || path === undefined || 'faults' in template) {
    const known = { schema, definition, where, ready, template: { path: path ?? '', functions: [] } };
    const entry = rule && { ...known, rule, policies: { request: [], change: [] }, revision: '' };
    return { domain, slug, for: kind.for, faults, entry };
  }
  const entry = {
    rule,
    schema,
    definition,
    template: { path, functions: template.functions },
    policies: policiesFor(rule, context.set.packages, installation),
    where,
    ready,
  };
  const sources = { texts: context.texts, template: template.files, policies: context.set.files };
  return { ...entry, revision: revisionOf(entry, sources) };
}

function judgedBy({ rule, document }: LoadedKind, { set, loaded }: BuildContext): readonly Fault[] {
  if (rule === undefined || document === undefined) return [];
  const { policies } = loaded.installation;
  const installed = { policies, locate: (index: number) => loaded.locate(['spec', 'policies', index, 'package']) };
  return policyFaults(rule, set, installed, (index) => {
    const path = ['spec', 'policies', index];
    return { file: rule.file, ...document.locate(path), path: formatPath(path) };
  });
}

/** Each fault once, sorted by file and line. */
function inOrder(faults: readonly Fault[]): readonly Fault[] {
  const unique = [...new Map(faults.map((fault) => [JSON.stringify(fault), fault])).values()];
  return unique.sort(
    ({ location: left }, { location: right }) =>
      compareText(left.file ?? '', right.file ?? '') || (left.line ?? 0) - (right.line ?? 0),
  );
}
