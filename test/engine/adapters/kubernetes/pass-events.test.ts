import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EventNotice } from '#adapters/kubernetes/events.js';
import { PassEvents } from '#adapters/kubernetes/pass-events.js';
import type { Verdict } from '#model/verdict.js';
import type { Pass } from '#reconcile/engine.js';
import { creating, FAILED, keyNamed, noticeOf, STALLED } from '../../controller/notice.js';

const DENIAL: Verdict = { policy: 'p', level: 'deny', code: 'TooLarge', message: 'no', path: 'spec.size' };
const DENIED = { state: 'stalled', reason: 'PolicyDenied', message: 'no; unsaid' } as const;

function open(): { readonly events: PassEvents; readonly tell: (pass?: Partial<Pass>) => readonly string[] } {
  const told: EventNotice[] = [];
  const events = new PassEvents({ record: (notice) => told.push(notice) });
  const tell = (pass: Partial<Pass> = {}): readonly string[] => {
    events.onPass(noticeOf('a', pass));
    return told.splice(0).map(({ object, type, reason, message }) => {
      assert.equal(object.metadata.uid, 'uid-a');
      return `${type} ${reason}: ${message}`;
    });
  };
  return { events, tell };
}

test('what is written is told, and that all is well after it was not', () => {
  const { tell } = open();
  assert.deepEqual(tell(), []);
  assert.deepEqual(tell(creating('c')), ['Normal Created: Created ConfigMap/avs/c']);
  const waiting = { reason: 'ResourceNotReady', message: 'c is not ready yet' };
  assert.deepEqual(tell(creating('c', waiting)), [
    'Normal Created: Created ConfigMap/avs/c',
    'Normal ResourceNotReady: c is not ready yet',
  ]);
  assert.deepEqual(tell(creating('c', waiting)), []);
  assert.deepEqual(tell(), ['Normal Settled: Everything that should exist does.']);
});

test('what an object is stalled by, or fails for, is a warning, once', () => {
  const { events, tell } = open();
  assert.deepEqual([tell({ outcome: STALLED }), tell({ outcome: STALLED })], [['Warning BadSize: too large'], []]);
  assert.deepEqual(
    [tell({ outcome: FAILED }), tell({ outcome: FAILED })],
    [['Warning RepositoryUnavailable: down'], []],
  );
  events.onGone(keyNamed('a'));
  assert.deepEqual(tell({ outcome: FAILED }), ['Warning RepositoryUnavailable: down']);
});

test('each denial is told for itself, under its code where it has one', () => {
  const { tell } = open();
  const verdicts = [DENIAL, { ...DENIAL, level: 'unknown' as const, code: 'not a code', message: 'unsaid', path: '' }];
  assert.deepEqual(tell({ outcome: DENIED, verdicts }), [
    'Warning TooLarge: no (spec.size)',
    'Warning PolicyDenied: unsaid',
  ]);
  assert.deepEqual(tell({ outcome: DENIED, verdicts }), []);
});

test('a warning of a policy is told once, and again after a pass without it', () => {
  const { tell } = open();
  const verdicts = [{ ...DENIAL, level: 'warn' as const, code: '' }];
  const told = ['Warning PolicyWarning: no (spec.size)'];
  assert.deepEqual([tell({ verdicts }), tell({ verdicts }), tell(), tell({ verdicts })], [told, [], [], []]);
  assert.deepEqual([tell({ verdicts: [] }), tell({ verdicts })], [[], told]);
});

test('a long list is cut', () => {
  const { tell } = open();
  const verdicts = Array.from({ length: 30 }, (_, index) => ({ ...DENIAL, message: String(index) }));
  assert.equal(tell({ outcome: DENIED, verdicts }).length, 10);
  const { changes, published } = creating('c');
  const [change] = changes?.changes ?? [];
  assert.ok(change !== undefined && published !== undefined);
  const many = { changes: Array.from({ length: 7 }, () => change), held: false };
  assert.match(
    tell({ changes: many, published })[0] ?? '',
    /^Normal Created: Created (ConfigMap\/avs\/c, ){4}\S+ and 2 more$/,
  );
});

test('files are told with their repository and the commit that has them', () => {
  const { tell } = open();
  const file = (path: string, name: string) => ({
    sink: 'git' as const,
    action: 'create' as const,
    repository: { remote: 'gitea', name, branch: 'main' },
    ...{ path, wave: 0, shared: false, content: 'hush', fields: [], reason: undefined },
  });
  const files = [file('a', 'org/one'), file('b', 'org/two'), file('c', 'org/one')];
  const { changes, published } = creating('c');
  assert.ok(changes !== undefined && published !== undefined);
  const commits = new Map([
    ['gitea/org/one', '0123456789abcdef'],
    ['gitea/org/two', 'fedcba9876543210'],
  ]);
  const pass = {
    changes: { changes: [...files, ...changes.changes], held: false },
    published: { ...published, commits },
  };
  assert.deepEqual(tell(pass), [
    'Normal Created: Created a, c in gitea/org/one, commit 0123456789ab',
    'Normal Created: Created b in gitea/org/two, commit fedcba987654',
    'Normal Created: Created ConfigMap/avs/c',
  ]);
});

test('nothing is told of an object that is gone, or that was not read', () => {
  const { tell, events } = open();
  assert.deepEqual(tell({ ...creating('c'), deleting: true }), []);
  const { pass, ...notice } = noticeOf('b', { outcome: FAILED });
  events.onPass({ ...notice, pass: { ...pass, object: { ...pass.object, metadata: { name: 'b' } } } });
  assert.deepEqual(tell(), []);
});
