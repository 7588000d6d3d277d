import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ErrorCode } from '#errors/codes.js';
import { EdictError } from '#errors/edict-error.js';
import { outcomeOfError } from '#reconcile/outcome.js';

const outcomeAfter = (code: ErrorCode) =>
  outcomeOfError(new EdictError({ code, message: 'refused', location: {}, remedy: 'Ask.' })).outcome;
const stateAfter = (code: ErrorCode): string => outcomeAfter(code).state;

test('what no event will tell the end of is tried again', () => {
  for (const code of ['ClusterUnavailable', 'ObjectNotFound', 'RepositoryUnavailable'] as const)
    assert.equal(stateAfter(code), 'failed', code);
});

test('what somebody has to mend unseen stalls, says what to do, and is tried again', () => {
  for (const code of ['ClusterForbidden', 'AdmissionDenied', 'KindNotServed'] as const) {
    const fault = { code, message: 'refused', location: {}, remedy: 'Ask.' };
    assert.deepEqual(outcomeAfter(code), { state: 'stalled', reason: code, message: 'refused', fault, retried: true });
  }
});

test('what stays wrong until somebody changes it stalls, with its reason', () => {
  for (const code of ['ObjectInvalid', 'TemplateInvalid', 'FieldTaken'] as const)
    assert.equal(stateAfter(code), 'stalled', code);
});
