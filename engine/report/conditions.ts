import { formatLocation } from '#errors/fault.js';
import { equalJson, isJsonObject, type Json, type JsonObject } from '#model/json.js';
import { isConditionReason } from '#model/names.js';
import { formatKey, type ObjectKey } from '#model/object.js';
import type { Outcome } from '#model/outcome.js';
import { objections, type Verdict } from '#model/verdict.js';

/** A condition as Kubernetes has them (KEP-1623). */
export interface Condition {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason: string;
  readonly message: string;
}

/** What one pass has to say. */
export interface PassReport {
  readonly outcome: Outcome;
  /** Undefined where no policy was asked. */
  readonly verdicts: readonly Verdict[] | undefined;
  /** Whether everything that should exist was published; undefined where publishing was not reached. */
  readonly published: boolean | undefined;
}

/** The conditions of a pass: Ready, Reconciling and Stalled as kstatus reads them, PolicyPassed and Published. */
export function conditionsOf(report: PassReport, owner?: ObjectKey): readonly Condition[] {
  const { outcome } = report;
  const { reason, message } = advice(outcome, owner);
  // Of what is not so there is nothing to say: the text would stand there three times.
  const is = (type: string, holds: boolean): Condition =>
    holds ? { type, status: 'True', reason, message } : { type, status: 'False', reason, message: '' };
  return [
    { ...is('Ready', outcome.state === 'settled'), message },
    is('Reconciling', outcome.state === 'waiting' || outcome.state === 'failed'),
    is('Stalled', outcome.state === 'stalled'),
    ...policyCondition(report.verdicts),
    ...publishedCondition(report, owner),
  ].map(({ message: text, ...condition }) => ({ ...condition, message: text.slice(0, MAXIMUM_MESSAGE) }));
}

/** Far below the 32,768 characters that a condition may have: conditions are read in tables and terminals. */
const MAXIMUM_MESSAGE = 4096;

/** Reason and message of an outcome, as conditions, events and tables show them. */
export function explanation(outcome: Outcome): { readonly reason: string; readonly message: string } {
  switch (outcome.state) {
    case 'settled':
      return { reason: 'Settled', message: 'Everything that should exist does.' };
    case 'waiting':
    case 'stalled':
      return { reason: outcome.reason, message: outcome.message };
    case 'failed':
      return { reason: outcome.fault.code, message: outcome.fault.message };
  }
}

/** The same with where it stands, unless that is `owner` itself, and what to do about it: for those who can do it. */
export function advice(
  outcome: Outcome,
  owner: ObjectKey | undefined,
): { readonly reason: string; readonly message: string } {
  const { reason, message } = explanation(outcome);
  const fault = outcome.state === 'failed' || outcome.state === 'stalled' ? outcome.fault : undefined;
  const { location = {}, remedy } = fault ?? {};
  const { object, path, ...place } = location;
  const isElsewhere = object !== undefined && (owner === undefined || object !== formatKey(owner));
  const parts = [formatLocation(place), isElsewhere ? object : '', path ?? ''];
  const where = parts.filter((part) => part !== '' && !message.includes(part)).join(' ');
  const said = `${where === '' ? '' : `${where}: `}${message}`;
  return { reason, message: remedy === undefined ? said : `${said.replace(/(?<![.!?…])$/, '.')} ${remedy}` };
}

function publishedCondition({ outcome, published }: PassReport, owner: ObjectKey | undefined): readonly Condition[] {
  if (published === undefined) return [];
  const message = 'Everything that should exist was written.';
  if (published) return [{ type: 'Published', status: 'True', reason: 'Published', message }];
  return [{ type: 'Published', status: 'False', ...advice(outcome, owner) }];
}

/** A code of a policy as a condition reason, where it can be one. */
function reasonOf(code: string | undefined): string {
  return code !== undefined && isConditionReason(code) ? code : 'Denied';
}

function policyCondition(verdicts: readonly Verdict[] | undefined): readonly Condition[] {
  if (verdicts === undefined) return [];
  const against = objections(verdicts);
  if (against.length > 0) {
    const message = against.map((verdict) => verdict.message).join('; ');
    return [{ type: 'PolicyPassed', status: 'False', reason: reasonOf(against[0]?.code), message }];
  }
  const message = verdicts.length === 0 ? 'No policy objects.' : warningsOf(verdicts);
  return [{ type: 'PolicyPassed', status: 'True', reason: 'Passed', message }];
}

/** How many warnings there are, and of what: events have their texts. */
function warningsOf(verdicts: readonly Verdict[]): string {
  const codes = [...new Set(verdicts.map(({ code }) => code).filter((code) => code !== ''))];
  const list = codes.length === 0 ? '' : `: ${codes.join(', ')}`;
  return `${verdicts.length} ${verdicts.length === 1 ? 'warning' : 'warnings'}${list}.`;
}

/** The condition list that replaces `before`: conditions of others are kept, and a transition time moves only with a status. */
export function mergeConditions(
  before: Json | undefined,
  conditions: readonly Condition[],
  { now, generation }: { readonly now: string; readonly generation: number | undefined },
): readonly JsonObject[] {
  const known = Array.isArray(before) ? (before as readonly Json[]).filter(isJsonObject) : [];
  const own = new Set(conditions.map(({ type }) => type));
  const merged = conditions.map((condition): JsonObject => {
    const previous = known.find(({ type }) => type === condition.type);
    const { lastTransitionTime } = previous ?? {};
    const kept =
      previous !== undefined && previous.status === condition.status && typeof lastTransitionTime === 'string';
    return {
      ...condition,
      ...(generation === undefined ? {} : { observedGeneration: generation }),
      lastTransitionTime: kept ? lastTransitionTime : now,
    };
  });
  const next = [...merged, ...known.filter(({ type }) => !own.has(String(type)))];
  return equalJson(next, known) ? known : next;
}
