import type { Identity } from './identity.js';
import type { JsonObject } from './json.js';
import type { KindReference } from './object.js';

/** A place outside the cluster that rules may read from or write to. */
export interface Remote {
  readonly name: string;
  readonly kind: 'git' | 'oci';
  /** Everything below this URL belongs to the remote. No trailing slash. */
  readonly url: string;
}

/** A policy of the installation: it applies to every rule that matches, and no rule can opt out. */
export interface InstallationPolicy {
  /** Path of the package below `policies/`. */
  readonly package: string;
  readonly match: readonly {
    readonly apiVersion: string;
    readonly kind: string;
    readonly namespaces: readonly string[];
  }[];
  readonly enforce: 'Deny' | 'Warn';
  readonly exempt: readonly { readonly object: string; readonly until: string | undefined }[];
}

/** What is never deleted, whoever asks. */
interface Protection {
  readonly kinds: readonly KindReference[];
  readonly labels: { readonly [label: string]: string };
}

/** `edict.yaml`, checked, with every default in its place. */
export interface Installation {
  /** Name of this installation in ownership records; unique among the engines that share a repository. */
  readonly instance: string;
  readonly remotes: readonly Remote[];
  /** Parameter values by domain. */
  readonly parameters: { readonly [domain: string]: JsonObject };
  readonly policies: readonly InstallationPolicy[];
  readonly protected: Protection;
  /** As whom children are written. */
  readonly identity: Identity;
}
