import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ErrorCode } from '#errors/codes.js';
import { EdictError } from '#errors/edict-error.js';
import { outcomeOfError } from '#reconcile/outcome.js';

const stateAfter = (code: ErrorCode): string =>
  outcomeOfError(new EdictError({ code, message: 'refused', location: {} })).outcome.state;

test('what no event will tell the end of is tried again', () => {
  for (const code of ['ClusterUnavailable', 'ClusterForbidden', 'AdmissionDenied', 'RepositoryUnavailable'] as const)
    assert.equal(stateAfter(code), 'failed', code);
});

test('what stays wrong until somebody changes it stalls, with its reason', () => {
  for (const code of ['ObjectInvalid', 'TemplateInvalid', 'FieldTaken'] as const)
    assert.equal(stateAfter(code), 'stalled', code);
});
