import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LogLevel } from '#adapters/logger/log-options.js';
import { Logger } from '#adapters/logger/logger.js';
import { PassLog } from '#adapters/logger/pass-log.js';
import { creating, FAILED, keyNamed, noticeOf, STALLED } from '../../controller/notice.js';

interface Line {
  readonly [field: string]: unknown;
}

function open(level: LogLevel): { readonly log: PassLog; readonly lines: () => readonly Line[] } {
  const texts: string[] = [];
  let id = 0;
  const logger = new Logger({ level, format: 'json', clock: { now: () => 0 }, write: (text) => texts.push(text) });
  const log = new PassLog({ logger, newId: () => `id-${++id}` });
  return { log, lines: () => texts.splice(0).map((text) => JSON.parse(text) as Line) };
}

const HEAD = { time: '1970-01-01T00:00:00.000Z', message: 'reconciled' };
const ABOUT = { rule: 'test/thing', kind: 'Thing', namespace: 'avs', name: 'a' };
const TIMES = { duration: 0.5, waited: 2 };

test('changes are told, with what they are about and none of what is in it', () => {
  const { log, lines } = open('info');
  log.onPass(noticeOf('a', creating('c')));
  const written = ['create ConfigMap/avs/c'];
  assert.deepEqual(lines(), [
    { ...HEAD, level: 'info', ...ABOUT, reconcileID: 'id-1', outcome: 'settled', written, ...TIMES },
  ]);
});

test('a pass that changed nothing is told to those who debug', () => {
  const [quiet, debug] = [open('info'), open('debug')];
  for (const { log } of [quiet, debug]) log.onPass(noticeOf('a'));
  assert.deepEqual(quiet.lines(), []);
  assert.deepEqual(debug.lines(), [
    { ...HEAD, level: 'debug', ...ABOUT, reconcileID: 'id-1', outcome: 'settled', ...TIMES },
  ]);
});

test('why an object is stalled is told once, and again after it was gone', () => {
  const { log, lines } = open('info');
  for (let pass = 0; pass < 3; pass++) log.onPass(noticeOf('a', { outcome: STALLED }));
  log.onGone(keyNamed('a'));
  log.onPass(noticeOf('a', { outcome: STALLED }));
  log.onPass(noticeOf('a'));
  assert.deepEqual(
    lines().map(({ outcome, reason, why }) => [outcome, reason, why]),
    [
      ['stalled', 'BadSize', 'too large'],
      ['stalled', 'BadSize', 'too large'],
      ['settled', undefined, undefined],
    ],
  );
});

test('a failure is a warning, once', () => {
  const { log, lines } = open('warn');
  for (let pass = 0; pass < 3; pass++) log.onPass(noticeOf('a', { outcome: FAILED, faults: [FAILED.fault] }));
  const failure = { outcome: 'failed', reason: 'RepositoryUnavailable', why: 'down' };
  assert.deepEqual(lines(), [{ ...HEAD, level: 'warn', ...ABOUT, reconcileID: 'id-1', ...failure, ...TIMES }]);
});

test('lines about one pass have one id', () => {
  const { log, lines } = open('debug');
  const verdict = { policy: 'p', level: 'deny', code: 'C', message: 'no', path: 'spec' } as const;
  log.onPass(noticeOf('a', { outcome: STALLED, verdicts: [verdict], faults: [FAILED.fault] }));
  log.onPass(noticeOf('b'));
  const told = lines();
  assert.deepEqual(
    told.map(({ message, reconcileID }) => `${message} ${reconcileID}`),
    ['reconciled id-1', 'fault id-1', 'verdict id-1', 'reconciled id-2'],
  );
  assert.deepEqual([told[0]?.denials, told[0]?.verdicts, told[0]?.faults], [1, 1, ['RepositoryUnavailable']]);
  assert.deepEqual([told[2]?.policy, told[2]?.verdict, told[2]?.why], ['p', 'deny', 'no']);
});
