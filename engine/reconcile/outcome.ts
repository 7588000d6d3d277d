import type { ErrorCode } from '#errors/codes.js';
import { faultsOf } from '#errors/edict-error.js';
import type { Fault } from '#errors/fault.js';
import type { ChangeSet } from '#model/change-set.js';
import type { WaitingReason } from '#model/desired.js';
import { formatKey } from '#model/object.js';
import type { Outcome } from '#model/outcome.js';
import { PAUSED_ANNOTATION } from '#model/ownership.js';
import { objections, type Verdict } from '#model/verdict.js';

/** What somebody has to mend where no event tells that they did: stalled, and tried again all the same. */
const MENDED_UNSEEN: readonly ErrorCode[] = ['AdmissionDenied', 'ClusterForbidden', 'KindNotServed'];

/** What may pass without an event that tells of it: trying again may help. Everything else needs somebody to change something. */
const RETRIED: readonly ErrorCode[] = [
  'ClusterUnavailable',
  'LeadershipLost',
  'ObjectNotFound',
  'RepositoryConflict',
  'RepositoryUnavailable',
  'ObjectConflict',
  'EvaluationTimeout',
  'ArtifactUnavailable',
  'FileUnreadable',
  'InternalFault',
];

/** The outcome of a pass with nothing left to do. */
export const SETTLED: Outcome = { state: 'settled' };

/** The outcome of a pass over an object that exists, of a kind whose files have faults. */
export const FAULTY: Outcome = {
  state: 'stalled',
  reason: 'RuleFaulty',
  message: 'The files of this kind have faults, which `edict check` reports: its objects can only be deleted.',
};

/** The outcome of a pass over an object whose user wants nothing to be done. */
export const PAUSED: Outcome = {
  state: 'waiting',
  reason: 'Paused',
  message: `Nothing is written or deleted for this object until its annotation ${PAUSED_ANNOTATION} is removed.`,
  after: undefined,
};

/** The outcome of a pass that did everything but what it holds. */
export const HELD: Outcome = {
  state: 'stalled',
  reason: 'DeletionHeld',
  message: 'Deletions are held: the plan tells which and why.',
};

/** The outcome of a pass that left fields alone because others change them back; undefined where there are none. */
export function contested({ changes }: ChangeSet): Outcome | undefined {
  const told = changes.flatMap((change) =>
    change.sink === 'cluster' && change.contested !== undefined
      ? change.contested.map(
          ({ manager = 'somebody', path }) => `${manager} keeps changing ${path} of ${formatKey(change.key)} back`,
        )
      : [],
  );
  if (told.length === 0) return undefined;
  const message = `${told.join('; ')}. It is corrected once an hour: stop that manager, or do not render the field.`;
  return { state: 'stalled', reason: 'FieldContested', message };
}

/** The outcome of a pass that threw, with all its faults. */
export function outcomeOfError(error: unknown): { readonly outcome: Outcome; readonly faults: readonly Fault[] } {
  return outcomeOfFaults(faultsOf(error));
}

/** The outcome of a pass that met these faults. */
export function outcomeOfFaults(faults: readonly Fault[]): {
  readonly outcome: Outcome;
  readonly faults: readonly Fault[];
} {
  const [fault] = faults;
  if (fault === undefined) return { outcome: SETTLED, faults };
  if (RETRIED.includes(fault.code)) return { outcome: { state: 'failed', fault }, faults };
  const { code, message } = fault;
  const retried = MENDED_UNSEEN.includes(code);
  return { outcome: { state: 'stalled', reason: code, message, fault, ...(retried && { retried }) }, faults };
}

/** The outcome of a denial. */
export function denied(verdicts: readonly Verdict[]): Outcome {
  const message = objections(verdicts)
    .map((verdict) => verdict.message)
    .join('; ');
  return { state: 'stalled', reason: 'PolicyDenied', message };
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
