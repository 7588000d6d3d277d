import { faultsOf } from '#errors/edict-error.js';
import type { Fault } from '#errors/fault.js';
import { digestOf } from '#model/digest.js';
import type { Installation } from '#model/installation.js';
import type { JsonObject } from '#model/json.js';
import semver from 'semver';
import { absentPolicies, policiesFor } from './apply-policies.js';
import type { Catalog, CatalogEntry, StalledKind } from './catalog.js';
import { faultAt, readDocument, schemaFaults } from './document.js';
import { normaliseInstallation } from './installation.js';
import { type Layout, layoutOf } from './layout.js';
import { type LoadedKind, loadKind } from './load-kind.js';
import type { PolicyCompilation, PolicyCompiler } from './policy-compiler.js';
import type { SourceTree } from './source-tree.js';
import type { TemplateChecker, TemplateFunction } from './template-checker.js';

/** What loading needs. */
export interface LoadPorts {
  readonly compiler: PolicyCompiler;
  /** Gives a checker for these templates and libraries, by path. */
  readonly templates: (files: { readonly [path: string]: string }) => TemplateChecker;
  /** Version of this engine, for `requires`. */
  readonly version: string;
}

/**
 * Compiles a rule set into an immutable catalog. Every fault of every file is reported at once; a fault stalls only the
 * kinds that use the faulty file. Throws only what the tree throws when it cannot be listed.
 */
export async function loadCatalog(tree: SourceTree, ports: LoadPorts): Promise<Catalog> {
  const layout = layoutOf(await tree.list());
  const { installation, faults: installationFaults } = await loadInstallation(layout, tree, ports.version);
  const texts = new Texts(tree);
  const [kinds, compilation, templates] = await Promise.all([
    Promise.all(layout.kinds.map((files) => loadKind(files, tree, installation))),
    compilePolicies(layout, texts, ports.compiler),
    texts.readAll([...layout.libraries, ...layout.kinds.flatMap(({ template }) => template ?? [])]),
  ]);
  const checker = ports.templates(templates);
  const checked = await Promise.all(kinds.map((kind) => checkTemplate(kind, checker)));
  const shared = await revisionOfShared(layout, texts);
  const built = checked.map((kind) => buildEntry(kind, { compilation, installation, shared, texts }));
  const entries = built.filter((each): each is CatalogEntry => 'rule' in each);
  const stalled = built.filter((each): each is StalledKind => !('rule' in each));
  const orphans = layout.orphans.map(orphan);
  const policies = absentPolicies(installation.policies.map(({ package: name }) => name), compilation.policies.packages, 'edict.yaml');
  const own = [...installationFaults, ...texts.faults, ...duplicates(layout), ...orphans, ...policies, ...unknownParameters(installation, kinds)];
  return {
    installation,
    entries,
    stalled,
    policies: compilation.policies,
    faults: unique([...own, ...compilation.faults, ...stalled.flatMap(({ faults }) => faults)]),
    templates,
    revision: digestOf([...entries].map(({ revision }) => revision).join()).slice(0, 12),
  };
}

/** Texts of files, each read once; a file that cannot be read is a fault. */
class Texts {
  readonly faults: Fault[] = [];
  readonly #tree: SourceTree;
  readonly #texts = new Map<string, string>();

  constructor(tree: SourceTree) {
    this.#tree = tree;
  }

  async readAll(paths: readonly string[]): Promise<{ readonly [path: string]: string }> {
    await Promise.all(paths.map((path) => this.#read(path)));
    return Object.fromEntries(paths.flatMap((path) => (this.#texts.has(path) ? [[path, this.#texts.get(path) ?? '']] : [])));
  }

  get(path: string | undefined): string {
    return this.#texts.get(path ?? '') ?? '';
  }

  async #read(path: string): Promise<void> {
    if (this.#texts.has(path)) return;
    try {
      this.#texts.set(path, await this.#tree.read(path));
    } catch (error) {
      this.faults.push(...faultsOf(error));
    }
  }
}

async function loadInstallation(layout: Layout, tree: SourceTree, version: string): Promise<{ readonly installation: Installation; readonly faults: readonly Fault[] }> {
  const none = normaliseInstallation({});
  if (layout.installation === undefined) return { installation: none, faults: [] };
  const { document, faults } = await readDocument(tree, layout.installation);
  if (document === undefined) return { installation: none, faults };
  const invalid = schemaFaults('installation', document, layout.installation);
  if (invalid.length > 0) return { installation: none, faults: invalid };
  const spec = ((document.value as JsonObject)['spec'] ?? {}) as JsonObject;
  const { requires } = spec;
  if (typeof requires === 'string' && !semver.satisfies(version, requires)) {
    const fault = faultAt(document, ['spec', 'requires'], {
      code: 'VersionUnsupported',
      message: `this is Edict ${version}, and the installation requires ${requires}`,
      file: layout.installation,
      fragment: requires,
      remedy: 'Run a version of Edict in that range, or change requires.',
    });
    return { installation: normaliseInstallation(spec), faults: [fault] };
  }
  return { installation: normaliseInstallation(spec), faults: [] };
}

async function compilePolicies(layout: Layout, texts: Texts, compiler: PolicyCompiler): Promise<PolicyCompilation> {
  const read = await texts.readAll(layout.policies);
  const sources = Object.entries(read).map(([path, text]) => ({ path: path.slice('policies/'.length), text }));
  return compiler.compile(sources);
}

type CheckedKind = LoadedKind & { readonly functions: readonly TemplateFunction[] };

async function checkTemplate(kind: LoadedKind, checker: TemplateChecker): Promise<CheckedKind> {
  if (kind.files.template === undefined) return { ...kind, functions: [] };
  const check = await checker.check(kind.files.template);
  return 'functions' in check ? { ...kind, functions: check.functions } : { ...kind, functions: [], faults: [...kind.faults, ...check.faults] };
}

interface BuildContext {
  readonly compilation: PolicyCompilation;
  readonly installation: Installation;
  /** Hash of everything that more than one kind may use. */
  readonly shared: string;
  readonly texts: Texts;
}

function buildEntry(kind: CheckedKind, { compilation, installation, shared, texts }: BuildContext): CatalogEntry | StalledKind {
  const { files, rule, definition, where, ready, functions } = kind;
  const { packages } = compilation.policies;
  const own = Object.values(files.policies).filter((path) => path !== undefined);
  const left = own.filter((path) => !packages.some(({ file }) => file === path.slice('policies/'.length)));
  const faults = [
    ...kind.faults,
    ...(left.length === 0 ? [] : compilation.faults.filter(({ location }) => left.includes(location.file ?? ''))),
    ...(rule === undefined ? [] : absentPolicies(rule.policies, packages, rule.file)),
  ];
  const { domain, slug, template } = files;
  if (faults.length > 0 || left.length > 0 || rule === undefined || template === undefined) return { domain, slug, for: kind.for, faults };
  const parts = [rule, files.schema, template, ...own].map((part) => (typeof part === 'string' ? texts.get(part) : JSON.stringify(part)));
  return {
    rule,
    schema: definition?.versions.find(({ apiVersion }) => apiVersion === rule.for.apiVersion),
    definition,
    template: { path: template, functions },
    policies: policiesFor(rule, packages, installation),
    where,
    ready,
    revision: digestOf([shared, JSON.stringify(definition?.versions.map(({ schema }) => schema) ?? null), ...parts].join('\0')).slice(0, 16),
  };
}

/** Libraries and shared policies may be used by any kind; a change of one is a change of all. */
async function revisionOfShared(layout: Layout, texts: Texts): Promise<string> {
  const owned = new Set(layout.kinds.flatMap(({ policies }) => Object.values(policies)));
  const shared = [...layout.libraries, ...layout.policies.filter((path) => !owned.has(path))];
  const read = await texts.readAll(shared);
  return digestOf(JSON.stringify(read));
}

function duplicates(layout: Layout): readonly Fault[] {
  const domains = new Map<string, string>();
  return layout.kinds.flatMap(({ domain, slug, rule, schema }) => {
    const other = domains.get(slug);
    domains.set(slug, other ?? domain);
    if (other === undefined) return [];
    return [
      {
        code: 'CatalogSlugDuplicate' as const,
        message: `${slug} is a kind of ${other} and of ${domain}`,
        location: { file: rule ?? schema ?? `rules/${domain}/${slug}.yaml` },
        fragment: slug,
        remedy: 'Keep one of the two.',
      },
    ];
  });
}

function orphan(path: string): Fault {
  return {
    code: 'CatalogFileOrphaned',
    message: 'this file belongs to no kind',
    location: { file: path },
    remedy: 'Files of a kind are rules/<domain>/<slug>.yaml, crds/<domain>/<slug>.yaml and templates/<domain>/<slug>.jsonnet.',
  };
}

function unknownParameters(installation: Installation, kinds: readonly LoadedKind[]): readonly Fault[] {
  return Object.entries(installation.parameters).flatMap(([domain, values]) => {
    const rules = kinds.filter(({ files }) => files.domain === domain);
    if (rules.some(({ rule }) => rule === undefined)) return [];
    const declared = new Set(rules.flatMap(({ rule }) => Object.keys(rule?.parameters ?? {})));
    return Object.keys(values)
      .filter((name) => !declared.has(name))
      .map((name) => ({
        code: 'InstallationInvalid' as const,
        message: `no rule of domain ${domain} has a parameter ${name}`,
        location: { file: 'edict.yaml', path: `spec.parameters.${domain}.${name}` },
        fragment: name,
        remedy: `Known are ${[...declared].join(', ') || 'none'}.`,
      }));
  });
}

function unique(faults: readonly Fault[]): readonly Fault[] {
  return [...new Map(faults.map((fault) => [JSON.stringify(fault), fault])).values()];
}
