import type { ObjectKey } from './object.js';

/** As whom children are written: as Edict, as the account of their rule, or as that of their owner's namespace. */
export type Identity = 'Engine' | 'Rule' | 'Namespace';

/** A ServiceAccount. */
export interface Account {
  /** Undefined: Edict's own namespace. */
  readonly namespace: string | undefined;
  readonly name: string;
}

/** What accounts are called: in a namespace of custom resources so, and in Edict's own with the rule behind it. */
export const ACCOUNT = 'edict';

/** The account of a rule, which may be written as `edict-<slug>`. */
export function accountOfRule(slug: string): Account {
  return { namespace: undefined, name: `${ACCOUNT}-${slug}` };
}

/**
 * The account that writes what `owner` asks for by the rule `slug`; undefined: Edict itself. Of an owner without a
 * namespace it is in Edict's own.
 */
export function accountFor(
  identity: Identity,
  slug: string,
  { namespace }: Pick<ObjectKey, 'namespace'>,
): Account | undefined {
  switch (identity) {
    case 'Engine':
      return undefined;
    case 'Rule':
      return accountOfRule(slug);
    case 'Namespace':
      return { namespace, name: ACCOUNT };
  }
}
