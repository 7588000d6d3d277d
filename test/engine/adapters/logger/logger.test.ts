import assert from 'node:assert/strict';
import { test } from 'node:test';
import { errorFields, faultFields } from '#adapters/logger/error-fields.js';
import { type LogFormat, type LogLevel, parseLogFormat, parseLogLevel } from '#adapters/logger/log-options.js';
import { Logger } from '#adapters/logger/logger.js';
import { EdictError } from '#errors/edict-error.js';

function open(format: LogFormat, level: LogLevel = 'info'): { readonly logger: Logger; readonly lines: string[] } {
  const lines: string[] = [];
  const clock = { now: () => Date.UTC(2026, 0, 1) };
  return { logger: new Logger({ level, format, clock, write: (line) => lines.push(line) }), lines };
}

test('a line is JSON with time, level and message first', () => {
  const { logger, lines } = open('json');
  logger.with({ rule: 'a/b' }).warn('slow', { name: 'x', count: 2, list: ['a'], nothing: undefined });
  assert.deepEqual(lines, [
    '{"time":"2026-01-01T00:00:00.000Z","level":"warn","message":"slow","rule":"a/b","name":"x","count":2,"list":["a"]}\n',
  ]);
});

test('no field stands for the message', () => {
  const { logger, lines } = open('json');
  logger.info('true', { message: 'forged', level: 'error', time: '1970' });
  assert.equal(lines[0], '{"time":"2026-01-01T00:00:00.000Z","level":"info","message":"true"}\n');
});

test('on a terminal a line is for people', () => {
  const { logger, lines } = open('text');
  logger.info('reconciled', { name: 'x', why: 'not ready yet', empty: '', number: 0.5, list: ['a b'] });
  assert.deepEqual(lines, [
    '2026-01-01T00:00:00.000Z INFO  reconciled name=x why="not ready yet" empty="" number=0.5 list=["a b"]\n',
  ]);
});

test('no text of an object begins a line of its own, moves the cursor or hides', () => {
  for (const format of ['json', 'text'] as const) {
    const { logger, lines } = open(format);
    logger.info('a\u001b[2Jb', { why: 'x\n{"level":"error"}\u001b[31m\u009b\u202e\u2028\u200b\u0000', name: '\ud800' });
    assert.match(lines[0] ?? '', /^[\u0020-\u007e]+\n$/);
  }
});

test('texts and lists that are far too long are cut', () => {
  const { logger, lines } = open('json');
  logger.info('long', { why: 'x'.repeat(1_000_000), list: Array.from({ length: 1000 }, String) });
  assert.ok((lines[0]?.length ?? 0) < 5000);
  assert.match(lines[0] ?? '', /"and 980 more"\]/);
});

test('only lines of the level that is asked for are written', () => {
  const { logger, lines } = open('text', 'warn');
  logger.debug('a');
  logger.info('b');
  logger.warn('c');
  logger.error('d');
  assert.deepEqual(
    lines.map((line) => line.slice(25, -1)),
    ['WARN  c', 'ERROR d'],
  );
  assert.deepEqual([logger.isEnabled('info'), logger.isEnabled('error')], [false, true]);
});

test('level and format are what the environment names', () => {
  assert.deepEqual([undefined, '', 'DEBUG', 'loud'].map(parseLogLevel), ['info', 'info', 'debug', undefined]);
  assert.deepEqual([parseLogFormat(undefined, true), parseLogFormat('', false)], ['text', 'json']);
  assert.deepEqual(
    [parseLogFormat('json', true), parseLogFormat('Text'), parseLogFormat('xml')],
    ['json', 'text', undefined],
  );
});

test('a fault is told by code, message and place', () => {
  const fault = { code: 'RuleInvalid', message: 'no', location: { file: 'a', line: 1 }, fragment: 'hush' } as const;
  const fields = { code: 'RuleInvalid', why: 'no', place: 'a:1' };
  assert.deepEqual([faultFields(fault), errorFields(new EdictError(fault))], [fields, fields]);
});

test('of an error that is not ours nothing is told that could quote what was sent', () => {
  const error = Object.assign(new TypeError('hush\n    at hush (hush.js:1:1)'), { code: 'ERR_X' });
  const fields = errorFields(error);
  assert.deepEqual([fields.error, fields.errorCode], ['TypeError', 'ERR_X']);
  assert.match(JSON.stringify(fields.stack), /logger\.test/);
  assert.doesNotMatch(JSON.stringify(fields), /hush/);
  assert.deepEqual(errorFields('hush'), { error: 'string' });
});
