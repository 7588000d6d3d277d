import { digestOf } from '#model/digest.js';
import { identityOf, type ObjectKey } from '#model/object.js';
import type { Outcome } from '#model/outcome.js';
import type { Rule } from '#model/rule.js';

/** What stalls may be mended where no event tells of it, such as a permission or an exemption that ends. */
const STALLED_RESYNC = 600_000;

/** When and for whom the next look is asked for. `chance` is a number from 0 to 1. */
export interface Occasion {
  readonly key: ObjectKey;
  readonly rule: Rule;
  /** Whether what the pass came to may be another at another time. */
  readonly readTime: boolean;
  readonly now: number;
  readonly chance: number;
}

/** Milliseconds until an object is looked at again though nothing is known to have changed, after a pass that did not fail. */
export function lookAgainAfter(outcome: Exclude<Outcome, { state: 'failed' }>, occasion: Occasion): number {
  const { resync, clock } = occasion.rule.triggers;
  const rest = outcome.state === 'stalled' ? Math.min(resync, STALLED_RESYNC) : resync;
  // A tenth more or less keeps apart what began together.
  const resyncAfter = rest * (0.9 + occasion.chance / 5);
  const ticks = clock !== undefined && occasion.readTime;
  const tickAfter = ticks ? nextTick(clock, occasion) : Number.POSITIVE_INFINITY;
  const waitAfter =
    outcome.state === 'waiting' ? (outcome.after ?? Number.POSITIVE_INFINITY) : Number.POSITIVE_INFINITY;
  return Math.min(resyncAfter, tickAfter, waitAfter);
}

/**
 * `facts.time` is the same through a whole step of the clock, so that no second look is worth it before the next step;
 * within that each object has its own moment.
 */
function nextTick(step: number, { key, now }: Occasion): number {
  const moment = (Number.parseInt(digestOf(identityOf(key)).slice(0, 8), 16) / 2 ** 32) * step;
  return Math.max(1, step - (now % step) + moment);
}
