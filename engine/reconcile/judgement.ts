import type { CatalogEntry } from '#catalog/catalog.js';
import type { ChangeSet } from '#model/change-set.js';
import type { Desired } from '#model/desired.js';
import type { Facts } from '#model/facts.js';
import type { Json, JsonObject } from '#model/json.js';
import { withoutStatus } from '#model/object.js';
import type { Verdict } from '#model/verdict.js';
import { type Judgement, judge } from '#policy/judge.js';
import type { Engine } from './engine.js';

/** What is asked of the API server. */
export type Operation = 'CREATE' | 'UPDATE' | 'DELETE';

/** A request as policies see it. */
interface Asked {
  readonly operation: Operation;
  /** Null where there was none. */
  readonly oldObject: JsonObject | null;
  /** Who asks, as Kubernetes tells it: username, uid, groups, extra. Empty: nobody does. */
  readonly userInfo: JsonObject;
}

/**
 * Judges what the custom resource asks. A pass knows neither an earlier object nor who asked: it stands for an update by
 * nobody that changes nothing, so that a policy about transitions finds that nothing moves.
 */
export function judgeRequest(facts: Facts, entry: CatalogEntry, engine: Engine): Promise<readonly Verdict[]> {
  const asked: Asked = { operation: 'UPDATE', oldObject: withoutStatus(facts.object), userInfo: {} };
  return judgeAsked({ facts, asked }, entry, engine);
}

/** Judges a request, of which more is known. */
export function judgeAsked(
  { facts, asked }: { readonly facts: Facts; readonly asked: Asked },
  entry: CatalogEntry,
  engine: Engine,
): Promise<readonly Verdict[]> {
  const { operation } = asked;
  const { request } = entry.policies;
  // What a policy says of an object is about what it asks for: one that goes asks for nothing, and must be able to.
  const policies = operation === 'DELETE' ? request.filter(({ policy }) => isAboutRequests(policy)) : request;
  const input = { ...asked, object: withoutStatus(facts.object) };
  return judge({ ...about('request', facts, entry, engine), input }, policies, engine.policies);
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

/** Whether a package looks at what is done, or by whom, and not only at what an object asks for. */
function isAboutRequests({ inputs }: { readonly inputs: readonly string[] }): boolean {
  return ['operation', 'userInfo', '*'].some((field) => inputs.includes(field));
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
