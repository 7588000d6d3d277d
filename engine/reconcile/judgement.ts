import type { CatalogEntry } from '#catalog/catalog.js';
import type { ChangeSet } from '#model/change-set.js';
import type { Desired } from '#model/desired.js';
import type { Facts } from '#model/facts.js';
import type { Json } from '#model/json.js';
import { withoutStatus } from '#model/object.js';
import type { Verdict } from '#model/verdict.js';
import { type Judgement, judge } from '#policy/judge.js';
import type { Engine } from './engine.js';

/**
 * Judges what the custom resource asks. A pass knows no earlier object, so `oldObject` is the object itself: a policy
 * about transitions finds that nothing moves.
 */
export function judgeRequest(facts: Facts, entry: CatalogEntry, engine: Engine): Promise<readonly Verdict[]> {
  const object = withoutStatus(facts.object);
  const input = { operation: 'UPDATE', object, oldObject: object };
  return judge({ ...about('request', facts, entry, engine), input }, entry.policies.request, engine.policies);
}

/** Judges everything that the pass would do. */
export function judgeChange(
  { facts, desired, changes }: { readonly facts: Facts; readonly desired: Desired; readonly changes: ChangeSet },
  entry: CatalogEntry,
  engine: Engine,
): Promise<readonly Verdict[]> {
  const object = withoutStatus(facts.object);
  const input = {
    operation: 'UPDATE',
    object,
    facts: { ...facts, object } as unknown as Json,
    desired: desired as unknown as Json,
    changes: changes.changes.filter(({ action }) => action !== 'none') as unknown as Json,
  };
  return judge({ ...about('change', facts, entry, engine), input }, entry.policies.change, engine.policies);
}

function about(
  stage: Judgement['stage'],
  facts: Facts,
  { rule }: CatalogEntry,
  { clock }: Engine,
): Omit<Judgement, 'input'> {
  const today = new Date(clock.now()).toISOString().slice(0, 10);
  return { stage, object: facts.object, parameters: rule.parameters, time: facts.time, today };
}
