import type { Fault } from '#errors/fault.js';
import type { Installation, InstallationPolicy } from '#model/installation.js';
import type { KindReference } from '#model/object.js';
import type { Rule } from '#model/rule.js';
import type { AppliedPolicy, CatalogEntry } from './catalog.js';
import type { PolicyPackage } from './policy-compiler.js';

const STAGES = ['request', 'change'] as const;

/** The policies that judge one kind: its own, the shared ones that its rule names, and those of the installation. */
export function policiesFor(rule: Rule, packages: readonly PolicyPackage[], installation: Installation): CatalogEntry['policies'] {
  const byStage = (stage: (typeof STAGES)[number]): readonly AppliedPolicy[] => {
    const find = (folder: string): PolicyPackage | undefined => packages.find(({ path }) => path === `${folder}/${stage}`);
    const own = [`${rule.domain}/${rule.slug}`, ...rule.policies]
      .map(find)
      .filter((policy) => policy !== undefined)
      .map((policy): AppliedPolicy => ({ policy, enforce: 'Deny', exempt: [], namespaces: [] }));
    const installed = installation.policies.flatMap((policy) => installedPolicy(policy, rule.for, find));
    return [...own.filter(({ policy }) => !installed.some((each) => each.policy === policy && each.enforce === 'Deny')), ...installed];
  };
  return { request: byStage('request'), change: byStage('change') };
}

function installedPolicy(
  { package: folder, match, enforce, exempt }: InstallationPolicy,
  { apiVersion, kind }: KindReference,
  find: (folder: string) => PolicyPackage | undefined,
): readonly AppliedPolicy[] {
  const policy = find(folder);
  if (policy === undefined) return [];
  const matching = match.filter((each) => (each.apiVersion === '*' || each.apiVersion === apiVersion) && (each.kind === '*' || each.kind === kind));
  if (matching.length === 0) return [];
  const everywhere = matching.some(({ namespaces }) => namespaces.length === 0);
  return [{ policy, enforce, exempt, namespaces: everywhere ? [] : matching.flatMap(({ namespaces }) => namespaces) }];
}

/** Packages that a rule or the installation names and that there are not. A package that was asked for is never silently absent. */
export function absentPolicies(names: readonly string[], packages: readonly PolicyPackage[], file: string): readonly Fault[] {
  const folders = new Set(packages.map(({ path }) => path.replace(/\/(request|change)$/, '')));
  return names
    .filter((name) => !folders.has(name))
    .map((name) => ({
      code: 'PolicyInvalid',
      message: `there is no usable policy package ${name}`,
      location: { file, path: 'spec.policies' },
      fragment: name,
      remedy: `Add policies/${name}/request.rego or change.rego with deny or warn, or mend the faults reported for it.`,
    }));
}
