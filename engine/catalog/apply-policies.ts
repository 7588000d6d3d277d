import type { Fault, Location } from '#errors/fault.js';
import type { Installation, InstallationPolicy } from '#model/installation.js';
import { groupOf, type KindReference } from '#model/object.js';
import type { Rule } from '#model/rule.js';
import type { PolicyStage } from '#model/verdict.js';
import type { AppliedPolicy, CatalogEntry } from './catalog.js';
import type { PolicyPackage } from './policy-compiler.js';

const STAGES: readonly PolicyStage[] = ['request', 'change'];

/** The policies of a rule set: what there is, what can be asked, and what is wrong with the rest. */
export interface PolicySet {
  /** Paths of all policy files. */
  readonly files: readonly string[];
  /** The packages that compiled. */
  readonly packages: readonly PolicyPackage[];
  /** Why the others did not. */
  readonly faults: readonly Fault[];
}

/**
 * The policies that judge one kind: its own, the shared ones that its rule names, and those of the installation. One
 * that rule and installation both name is the rule's: it denies, everywhere and without exemption.
 */
export function policiesFor(
  rule: Rule,
  packages: readonly PolicyPackage[],
  installation: Installation,
): CatalogEntry['policies'] {
  const byStage = (stage: PolicyStage): readonly AppliedPolicy[] => {
    const find = (folder: string): PolicyPackage | undefined =>
      packages.find(({ path }) => path === `${folder}/${stage}`);
    const own = [ownFolder(rule), ...rule.policies]
      .map(find)
      .filter((policy) => policy !== undefined)
      .map((policy): AppliedPolicy => ({ policy, enforce: 'Deny', exempt: [], namespaces: [] }));
    const installed = installation.policies.flatMap((policy) =>
      installedPolicy(policy, rule.for, find(policy.package)),
    );
    return [...own, ...installed.filter(({ policy }) => !own.some((each) => each.policy === policy))];
  };
  return { request: byStage('request'), change: byStage('change') };
}

/** Why a kind cannot be judged: a policy that was asked for is never silently absent, neither whole nor in part. */
export function policyFaults(
  rule: Rule,
  set: PolicySet,
  installation: { readonly policies: readonly InstallationPolicy[]; readonly locate: (index: number) => Location },
  locate: (index: number) => Location,
): readonly Fault[] {
  const installed = installation.policies.flatMap((policy, index) =>
    matching(policy, rule.for).length === 0 ? [] : unusable(policy.package, set, installation.locate(index)),
  );
  const named = rule.policies.flatMap((folder, index) => unusable(folder, set, locate(index)));
  return [...leftOut(ownFolder(rule), set), ...named, ...installed];
}

/** Why the package of a folder cannot be asked; `location` is where it is named. */
export function unusable(folder: string, set: PolicySet, location: Location): readonly Fault[] {
  if (STAGES.some((stage) => set.files.includes(`policies/${folder}/${stage}.rego`))) return leftOut(folder, set);
  return [
    {
      code: 'PolicyInvalid',
      message: `there is no policy package ${folder}`,
      location,
      fragment: folder,
      remedy: `Add policies/${folder}/request.rego or change.rego with deny or warn, or name another.`,
    },
  ];
}

function leftOut(folder: string, { files, packages, faults }: PolicySet): readonly Fault[] {
  const left = STAGES.map((stage) => `${folder}/${stage}.rego`).filter(
    (file) => files.includes(`policies/${file}`) && !packages.some((known) => known.file === file),
  );
  return left.flatMap((file) => {
    const own = faults.filter(({ location }) => location.file === `policies/${file}`);
    if (own.length > 0) return own;
    // The compiler leaves out without a word only what cannot be asked anything.
    const fault: Fault = {
      code: 'PolicyInvalid',
      message: 'the package has neither deny nor warn',
      location: { file: `policies/${file}`, line: 1 },
      remedy: 'Write `deny contains message if { ... }`, or move what others use to another file.',
    };
    return [fault];
  });
}

function ownFolder({ domain, slug }: Rule): string {
  return `${domain}/${slug}`;
}

function installedPolicy(
  policy: InstallationPolicy,
  kind: KindReference,
  found: PolicyPackage | undefined,
): readonly AppliedPolicy[] {
  const matches = matching(policy, kind);
  if (found === undefined || matches.length === 0) return [];
  const everywhere = matches.some(({ namespaces }) => namespaces.length === 0);
  const namespaces = everywhere ? [] : matches.flatMap((match) => match.namespaces);
  return [{ policy: found, enforce: policy.enforce, exempt: policy.exempt, namespaces }];
}

/** The matches that mean a kind, whatever its version: a new version of a kind must not escape a policy. */
function matching({ match }: InstallationPolicy, { apiVersion, kind }: KindReference): InstallationPolicy['match'] {
  return match.filter(
    (each) =>
      (each.apiVersion === '*' || groupOf(each.apiVersion) === groupOf(apiVersion)) &&
      (each.kind === '*' || each.kind === kind),
  );
}
