import type { Identity } from '#model/identity.js';
import type { Installation, InstallationPolicy, Remote } from '#model/installation.js';
import type { JsonObject } from '#model/json.js';
import type { KindReference } from '#model/object.js';

/** `edict.yaml` as its schema promises it. */
interface InstallationSpec {
  readonly instance?: string;
  readonly remotes?: readonly Remote[];
  readonly parameters?: { readonly [domain: string]: JsonObject };
  readonly policies?: readonly {
    readonly package: string;
    readonly match: readonly {
      readonly apiVersion?: string;
      readonly kind?: string;
      readonly namespaces?: readonly string[];
    }[];
    readonly enforce?: 'Deny' | 'Warn';
    readonly exempt?: readonly { readonly object: string; readonly until?: string }[];
  }[];
  readonly protected?: {
    readonly kinds?: readonly KindReference[];
    readonly labels?: { readonly [label: string]: string };
  };
  readonly identity?: Identity;
}

/** Puts every default in its place. `spec` matches the installation schema. */
export function normaliseInstallation(spec: JsonObject): Installation {
  const {
    instance,
    remotes,
    parameters,
    policies,
    protected: protection,
    identity,
  } = spec as unknown as InstallationSpec;
  return {
    instance: instance ?? 'default',
    remotes: (remotes ?? []).map((remote) => ({ ...remote, url: remote.url.replace(/\/+$/, '') })),
    parameters: parameters ?? {},
    policies: (policies ?? []).map(normalisePolicy),
    protected: { kinds: protection?.kinds ?? [], labels: protection?.labels ?? {} },
    identity: identity ?? 'Engine',
  };
}

function normalisePolicy(policy: NonNullable<InstallationSpec['policies']>[number]): InstallationPolicy {
  return {
    package: policy.package,
    match: policy.match.map(({ apiVersion, kind, namespaces }) => ({
      apiVersion: apiVersion ?? '*',
      kind: kind ?? '*',
      namespaces: namespaces ?? [],
    })),
    enforce: policy.enforce ?? 'Warn',
    exempt: (policy.exempt ?? []).map(({ object, until }) => ({ object, until })),
  };
}

/**
 * The remote that covers `reference`: the remote of that name, or the one whose URL is `reference` or a path above it.
 * A URL is compared by its parts, so that `https://host.evil` is not below `https://host`.
 */
export function coveringRemote(installation: Installation, reference: string): Remote | undefined {
  const { remotes } = installation;
  const named = remotes.find(({ name }) => name === reference);
  if (named !== undefined) return named;
  const url = reference.replace(/\/+$/, '');
  if (/\/\.\.?(\/|$)|[%\\?#@\s]/.test(url.replace(/^ssh:\/\/[a-z][a-z0-9-]*@/, ''))) return undefined;
  return remotes
    .filter((remote) => url === remote.url || url.startsWith(`${remote.url}/`))
    .sort((left, right) => right.url.length - left.url.length)[0];
}
