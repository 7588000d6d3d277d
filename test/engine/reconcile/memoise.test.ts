import assert from 'node:assert/strict';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { EvaluationJournal } from '#adapters/files/evaluation-journal.js';
import type { TemplateCall } from '#catalog/template-engine.js';
import type { Json } from '#model/json.js';
import type { PolicyAnswer, PolicyQuery } from '#policy/policy-engine.js';
import { type EvaluationStore, memoisePolicies, memoiseTemplates } from '#reconcile/memoise.js';

const root = mkdtempSync(join(tmpdir(), 'edict-journal-'));
after(() => rmSync(root, { recursive: true, force: true }));

class Memory implements EvaluationStore {
  readonly kept = new Map<string, Json>();
  get(key: string): Json | undefined {
    return this.kept.get(key);
  }
  put(key: string, value: Json): void {
    this.kept.set(key, value);
  }
}

const limits = { steps: 1000, depth: 500, output: 1000, facts: 1000 };
const call: TemplateCall = { template: 'a.jsonnet', function: 'desired', arguments: [{ a: 1, b: 2 }], limits };

test('a template is evaluated again when anything that it depends on differs, and only then', async () => {
  let evaluations = 0;
  const count = { evaluated: 0, known: 0 };
  const revisions: { [template: string]: string } = { 'a.jsonnet': '1', 'b.jsonnet': '1' };
  const engine = { call: () => Promise.resolve({ evaluation: ++evaluations }) };
  const memoised = memoiseTemplates(engine, new Memory(), (template) => revisions[template] ?? '', count);
  await memoised.call(call);
  await memoised.call({ ...call, arguments: [{ b: 2, a: 1 }] });
  assert.deepEqual([evaluations, count], [1, { evaluated: 1, known: 1 }]);
  for (const other of [
    { ...call, arguments: [{ a: 2 }] },
    { ...call, function: 'status' as const },
    { ...call, function: 'charts' as const },
    { ...call, limits: { ...limits, depth: 501 } },
    { ...call, limits: { ...limits, output: 999 } },
  ]) {
    const before = evaluations;
    await memoised.call(other);
    await memoised.call(other);
    assert.equal(evaluations, before + 1, JSON.stringify(other));
  }
  revisions['a.jsonnet'] = '2';
  const before = evaluations;
  await memoised.call(call);
  assert.equal(evaluations, before + 1);
  assert.deepEqual(count, { evaluated: 5, known: 4 }, 'charts and status do not count');
});

test('policies are asked again for other questions, inputs, parameters, times and modules', async () => {
  let evaluations = 0;
  const store = new Memory();
  const engine = { evaluate: () => Promise.resolve([{ value: ++evaluations }, { value: undefined }]) };
  const query: PolicyQuery = { entrypoints: ['p/deny', 'p/warn'], input: { a: 1 }, parameters: { d: 1 } };
  const first = memoisePolicies(engine, store, 'one');
  assert.deepEqual(await first.evaluate(query), [{ value: 1 }, { value: undefined }]);
  assert.deepEqual(await first.evaluate(query), [{ value: 1 }, { value: undefined }]);
  for (const other of [
    { ...query, input: { a: 2 } },
    { ...query, parameters: { d: 2 } },
    { ...query, time: '2026-01-01T00:00:00Z' },
    { ...query, entrypoints: ['q/deny', 'p/warn'] },
  ]) {
    const before = evaluations;
    await first.evaluate(other);
    assert.equal(evaluations, before + 1, JSON.stringify(other));
  }
  const before = evaluations;
  await memoisePolicies(engine, store, 'two').evaluate(query);
  assert.equal(evaluations, before + 1);
});

test('faults are not kept', async () => {
  const store = new Memory();
  const answers: readonly PolicyAnswer[] = [
    { value: [] },
    { fault: { code: 'PolicyFailed', message: 'a fault', location: {} } },
  ];
  const policies = memoisePolicies({ evaluate: () => Promise.resolve(answers) }, store, '');
  await policies.evaluate({ entrypoints: ['a', 'b'], input: {}, parameters: {} });
  const templates = memoiseTemplates({ call: () => Promise.reject(new Error('a fault')) }, store, () => '', {
    evaluated: 0,
    known: 0,
  });
  await assert.rejects(templates.call(call));
  assert.equal(store.kept.size, 0);
});

const KEY = 'a'.repeat(64);
const OTHER = 'b'.repeat(64);

test('a journal keeps results over processes', () => {
  const path = join(root, 'kept', 'journal');
  const journal = new EvaluationJournal(path, '1');
  journal.put(KEY, { value: ['ä', null] });
  assert.deepEqual(journal.get(KEY), { value: ['ä', null] });
  journal.flush();
  const later = new EvaluationJournal(path, '1');
  assert.deepEqual([later.get(KEY), later.get(OTHER)], [{ value: ['ä', null] }, undefined]);
  later.put(OTHER, [1]);
  later.flush();
  assert.deepEqual(new EvaluationJournal(path, '1').get(OTHER), [1]);
});

test('a line that is damaged is as if it were not there, and costs no other', () => {
  for (const damage of [
    `${OTHER} {"a":{"b":1}`,
    `${OTHER} {"a":1`,
    `${OTHER} [1,${KEY} [2]`,
    `${OTHER} 12`,
    'nonsense',
    `${OTHER}`,
    `${OTHER} [\u0000]`,
  ]) {
    const path = join(root, 'damaged');
    writeFileSync(path, `1\n${damage}`);
    const journal = new EvaluationJournal(path, '1');
    assert.equal(journal.get(OTHER), undefined, damage);
    journal.put(KEY, [1]);
    journal.flush();
    assert.deepEqual(new EvaluationJournal(path, '1').get(KEY), [1], damage);
  }
});

test('another version of Edict begins its journal anew', () => {
  const path = join(root, 'version');
  const journal = new EvaluationJournal(path, '1');
  journal.put(KEY, [1]);
  journal.flush();
  const next = new EvaluationJournal(path, '2');
  assert.equal(next.get(KEY), undefined);
  next.put(OTHER, [2]);
  next.flush();
  assert.match(readFileSync(path, 'utf8'), /^2\nb+ \[2\]\n$/);
});

test('a journal that cannot be read or written is empty and no fault', () => {
  const path = join(root, 'folder');
  mkdirSync(path);
  const journal = new EvaluationJournal(path, '1');
  assert.equal(journal.get(KEY), undefined);
  journal.put(KEY, [1]);
  journal.flush();
  assert.deepEqual(journal.get(KEY), [1]);
  assert.equal(existsSync(path), true);
});

test('two processes that append at once do not spoil each other’s lines', () => {
  const path = join(root, 'two');
  const [left, right] = [new EvaluationJournal(path, '1'), new EvaluationJournal(path, '1')];
  left.put(KEY, [1]);
  right.put(OTHER, [2]);
  left.flush();
  right.flush();
  appendFileSync(path, '');
  chmodSync(path, 0o644);
  const later = new EvaluationJournal(path, '1');
  assert.deepEqual([later.get(KEY), later.get(OTHER)], [[1], [2]]);
});
