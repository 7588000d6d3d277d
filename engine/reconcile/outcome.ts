import type { ErrorCode } from '#errors/codes.js';
import { faultsOf } from '#errors/edict-error.js';
import type { Fault } from '#errors/fault.js';
import type { WaitingReason } from '#model/desired.js';
import type { Outcome } from '#model/outcome.js';
import type { Verdict } from '#model/verdict.js';

/** What passes by itself: trying again may help. Everything else needs somebody to change something. */
const RETRIED: readonly ErrorCode[] = [
  'RepositoryConflict',
  'RepositoryUnavailable',
  'ObjectConflict',
  'EvaluationTimeout',
  'ArtifactUnavailable',
  'FileUnreadable',
  'InternalFault',
];

export const SETTLED: Outcome = { state: 'settled' };

/** The outcome of a pass that threw, with all its faults. */
export function outcomeOfError(error: unknown): { readonly outcome: Outcome; readonly faults: readonly Fault[] } {
  const faults = faultsOf(error);
  const [fault] = faults;
  if (fault === undefined) return { outcome: SETTLED, faults };
  if (RETRIED.includes(fault.code)) return { outcome: { state: 'failed', fault }, faults };
  return { outcome: { state: 'stalled', reason: fault.code, message: fault.message }, faults };
}

/** The outcome of a denial. */
export function denied(verdicts: readonly Verdict[]): Outcome {
  const against = verdicts.filter(({ level }) => level !== 'warn');
  return { state: 'stalled', reason: 'PolicyDenied', message: against.map(({ message }) => message).join('; ') };
}

/** The outcome of a template that waits. */
export function awaiting(reasons: readonly WaitingReason[]): Outcome {
  const [first] = reasons;
  const after = reasons.map((each) => each.after).filter((each) => each !== undefined);
  return {
    state: 'waiting',
    reason: first?.reason ?? 'Waiting',
    message: reasons.map(({ message }) => message).join('; '),
    after: after.length === 0 ? undefined : Math.min(...after),
  };
}
