import type { PassNotice } from '#controller/controller.js';
import type { StageDurations } from '#controller/stage-times.js';
import type { ObjectKey } from '#model/object.js';
import type { Outcome } from '#model/outcome.js';
import type { Pass } from '#reconcile/engine.js';
import { entryOf, mirror, THING } from '../reconcile/thing.js';

/** The rule that the notices are about: `test/thing`. */
export const ENTRY = entryOf({ template: mirror }, {});

const STAGE_TIMES: StageDurations = new Map([
  ['observe', 4],
  ['publish', 450],
]);

export const STALLED: Outcome = { state: 'stalled', reason: 'BadSize', message: 'too large' };
export const FAILED = {
  state: 'failed',
  fault: { code: 'RepositoryUnavailable', message: 'down', location: {} },
} as const;

export const keyNamed = (name: string): ObjectKey => ({ ...THING, namespace: 'avs', name });

/** Notice of a pass over the Thing of that name that waited 2 s and took 0.5 s: settled with nothing done, but for what is given. */
export function noticeOf(name: string, pass: Partial<Pass> = {}): PassNotice {
  const object = { ...THING, metadata: { name, namespace: 'avs', uid: `uid-${name}` } };
  const nothing = { verdicts: undefined, facts: undefined, rendering: undefined, changes: undefined };
  const outcome: Outcome = { state: 'settled' };
  const base = { object, entry: ENTRY, outcome, faults: [], published: undefined, deleting: false };
  return {
    key: keyNamed(name),
    entry: ENTRY,
    pass: { ...nothing, ...base, ...pass },
    waited: 2000,
    duration: 500,
    stages: STAGE_TIMES,
  };
}

/** What a pass is that creates a ConfigMap of that name and then waits for whatever is given. */
export function creating(
  config: string,
  waiting?: { readonly reason: string; readonly message: string },
): Partial<Pass> {
  const key = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'avs', name: config };
  const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: config }, data: { a: 'hush' } };
  const state = { wave: 0, uid: undefined, fields: [], reason: undefined };
  return {
    changes: { changes: [{ sink: 'cluster', action: 'create', key, object, ...state }], held: false },
    published: {
      waiting,
      complete: true,
      commits: new Map(),
      patched: new Set(),
      resources: new Map([[`ConfigMap/avs/${config}`, { key, readiness: 'Ready' }]]),
    },
    outcome: waiting === undefined ? { state: 'settled' } : { state: 'waiting', after: undefined, ...waiting },
  };
}
