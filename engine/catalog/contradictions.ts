import type { Fault } from '#errors/fault.js';
import type { Installation } from '#model/installation.js';
import { isSameKind } from '#model/object.js';
import { INSTALLATION_FILE, type Layout } from './layout.js';
import type { LoadedInstallation } from './load-installation.js';
import type { LoadedKind } from './load-kind.js';

/** A fault that stands in no file of one kind alone, and which kinds it stalls. */
export interface SharedFault {
  readonly fault: Fault;
  readonly stalls: (kind: LoadedKind) => boolean;
}

/** Kinds that share a name, or that are for the same objects: none of them acts, because nobody can tell which is meant. */
export function duplicates(kinds: readonly LoadedKind[]): readonly SharedFault[] {
  return kinds.flatMap((kind, index) => {
    const other = kinds.slice(0, index).find((each) => isTwin(each, kind));
    if (other === undefined) return [];
    const { domain, slug, rule, schema } = kind.files;
    const fault: Fault = {
      code: 'CatalogSlugDuplicate',
      message: `${domain}/${slug} and ${other.files.domain}/${other.files.slug} are for one kind`,
      location: { file: rule ?? schema ?? `rules/${domain}/${slug}.yaml`, ...kind.document?.locate(['spec', 'for']) },
      fragment: slug,
      remedy: 'Keep one of the two.',
    };
    return [{ fault, stalls: (each) => each === kind || each === other }];
  });
}

function isTwin(left: LoadedKind, right: LoadedKind): boolean {
  if (left.files.slug === right.files.slug) return true;
  return left.for !== undefined && right.for !== undefined && isSameKind(left.for, right.for);
}

/** Parameters that no rule of their domain declares: what was meant by them would silently be its default. */
export function unknownParameters(
  { installation, locate }: LoadedInstallation,
  kinds: readonly LoadedKind[],
): readonly SharedFault[] {
  return Object.entries(installation.parameters).flatMap(([domain, values]) => {
    const rules = kinds.filter(({ files }) => files.domain === domain);
    if (rules.some(({ rule }) => rule === undefined)) return [];
    const declared = new Set(rules.flatMap(({ rule }) => Object.keys(rule?.parameters ?? {})));
    const unknown = Object.keys(values).filter((name) => !declared.has(name));
    return unknown.map((name): SharedFault => {
      const fault: Fault = {
        code: 'InstallationInvalid',
        message: `no rule of domain ${domain} has a parameter ${name}`,
        location: { ...locate(['spec', 'parameters', domain, name]), file: INSTALLATION_FILE },
        fragment: name,
        remedy: `Known are ${[...declared].join(', ') || 'none'}.`,
      };
      return { fault, stalls: ({ files }) => files.domain === domain };
    });
  });
}

/** Files that belong to nothing: of no tree's form, or policies that nobody would ever ask. */
export function orphans(layout: Layout, kinds: readonly LoadedKind[], installation: Installation): readonly Fault[] {
  const domains = new Set(layout.kinds.map(({ domain }) => domain));
  const named = new Set([
    ...layout.kinds.map(({ domain, slug }) => `${domain}/${slug}`),
    ...kinds.flatMap(({ rule }) => rule?.policies ?? []),
    ...installation.policies.map((policy) => policy.package),
  ]);
  const unasked = layout.policies.filter((path) => {
    const [, folder = '', domain = ''] = /^policies\/(([^/]+)\/.+)\/(request|change)\.rego$/.exec(path) ?? [];
    return domains.has(domain) && !named.has(folder);
  });
  return [...layout.orphans, ...unasked].map((file) => ({
    code: 'CatalogFileOrphaned',
    message: 'this file belongs to no kind',
    location: { file },
    remedy:
      'Files of a kind are {rules,crds}/<domain>/<slug>.yaml, templates/<domain>/<slug>.jsonnet and policies/<domain>/<slug>/{request,change}.rego.',
  }));
}
