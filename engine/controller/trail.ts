import { formatKey, identityOf, type ObjectKey } from '#model/object.js';

/** One pass, and what led to it. */
export interface Trail {
  readonly key: ObjectKey;
  /** `domain/slug` of the rule. */
  readonly rule: string;
  /** The pass whose write led to this one; undefined where a user, another controller or time did. */
  readonly from: Trail | undefined;
}

/** The passes that led to one another, the latest first. */
export function passesOf(trail: Trail | undefined): readonly Trail[] {
  const passes: Trail[] = [];
  for (let pass = trail; pass !== undefined; pass = pass.from) passes.push(pass);
  return passes;
}

/** How many passes of a trail are over this object. */
export function roundsOf(trail: Trail | undefined, key: ObjectKey): number {
  const identity = identityOf(key);
  return passesOf(trail).filter((pass) => identityOf(pass.key) === identity).length;
}

/** Each object of a trail once, the one that came first in front, with its rule. */
export function describeTrail(trail: Trail): string {
  const names = passesOf(trail).map(({ key, rule }) => `${formatKey(key)} (rule ${rule})`);
  return [...new Set(names)].toReversed().join(', ');
}
