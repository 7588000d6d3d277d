import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AppliedPolicy } from '#catalog/catalog.js';
import type { Json } from '#model/json.js';
import { forbids, type Verdict } from '#model/verdict.js';
import { type Judgement, judge } from '#policy/judge.js';
import type { PolicyAnswer, PolicyEngine, PolicyQuery } from '#policy/policy-engine.js';

const JUDGEMENT: Judgement = {
  stage: 'request',
  object: { apiVersion: 'example.org/v1', kind: 'Gadget', metadata: { name: 'a', namespace: 'x' } },
  parameters: { limit: 7 },
  input: { object: { spec: {} }, facts: { related: {} }, oldObject: undefined },
  time: '2026-01-31T12:00:00Z',
  today: '2026-01-31',
};

function applied(
  path: string,
  changes: Partial<AppliedPolicy> & { inputs?: readonly string[]; rules?: readonly ('deny' | 'warn')[] } = {},
): AppliedPolicy {
  const { inputs = ['object'], rules = ['deny', 'warn'], ...rest } = changes;
  const policy = { path, file: `${path}.rego`, rules, inputs, title: '', description: '' };
  return { policy, enforce: 'Deny', exempt: [], namespaces: [], ...rest };
}

/** Answers by entrypoint; an entrypoint that is not listed has an empty set. Remembers what it was asked. */
class ScriptedEngine implements PolicyEngine {
  readonly queries: PolicyQuery[] = [];
  readonly #answers: { readonly [entrypoint: string]: PolicyAnswer | undefined };

  constructor(answers: { readonly [entrypoint: string]: PolicyAnswer | undefined } = {}) {
    this.#answers = answers;
  }

  evaluate(query: PolicyQuery): Promise<readonly PolicyAnswer[]> {
    this.queries.push(query);
    const answers = query.entrypoints.map((name) => (name in this.#answers ? this.#answers[name] : { value: [] }));
    return Promise.resolve(answers as readonly PolicyAnswer[]);
  }
}

const said = (verdicts: readonly Verdict[]): readonly string[] =>
  verdicts.map(({ level, policy, code }) => `${level} ${policy} ${code}`.trim());
const denies: PolicyAnswer = { value: ['no'] };
const FAULT: PolicyAnswer = { fault: { code: 'PolicyFailed', message: 'div: divide by zero', location: {} } };

/** What one entrypoint answers, and the verdicts that come of it. */
const ANSWERS: {
  readonly [sentence: string]: readonly [
    rule: 'deny' | 'warn',
    answer: PolicyAnswer | undefined,
    verdicts: readonly string[],
  ];
} = {
  'an empty set says nothing': ['deny', { value: [] }, []],
  'an undefined value says nothing': ['deny', { value: undefined }, []],
  'a text denies': ['deny', denies, ['deny p']],
  'a text warns': ['warn', denies, ['warn p']],
  'an object with code and path denies': ['deny', { value: [{ code: 'C', msg: 'no', path: 'spec.x' }] }, ['deny p C']],
  'an object without msg is unknown': ['deny', { value: [{ code: 'C' }] }, ['unknown p PolicyOutputInvalid']],
  'a malformed entry hides none of the others': [
    'deny',
    { value: [{}, 'no'] },
    ['deny p', 'unknown p PolicyOutputInvalid'],
  ],
  'a number is unknown': ['deny', { value: [1] }, ['unknown p PolicyOutputInvalid']],
  'true instead of a set is unknown': ['deny', { value: true }, ['unknown p PolicyOutputInvalid']],
  'false instead of a set is unknown': ['deny', { value: false }, ['unknown p PolicyOutputInvalid']],
  'an object instead of a set is unknown': ['deny', { value: { no: true } }, ['unknown p PolicyOutputInvalid']],
  'null is unknown': ['deny', { value: null }, ['unknown p PolicyOutputInvalid']],
  'a malformed warning is unknown': ['warn', { value: [[]] }, ['unknown p PolicyOutputInvalid']],
  'a fault is unknown': ['deny', FAULT, ['unknown p PolicyFailed']],
  'a fault of a warning is unknown': ['warn', FAULT, ['unknown p PolicyFailed']],
  'no answer at all is unknown': ['deny', undefined, ['unknown p PolicyFailed']],
};

for (const [sentence, [rule, answer, verdicts]] of Object.entries(ANSWERS)) {
  test(`${sentence}, and forbids unless it says nothing or warns`, async () => {
    const engine = new ScriptedEngine({ [`p/${rule}`]: answer });
    const found = await judge(JUDGEMENT, [applied('p')], engine);
    assert.deepEqual(said(found), verdicts);
    assert.equal(
      forbids(found),
      verdicts.some((verdict) => !verdict.startsWith('warn')),
    );
    const warned = await judge(JUDGEMENT, [applied('p', { enforce: 'Warn' })], engine);
    assert.equal(warned.length, verdicts.length);
    assert.equal(forbids(warned), false, 'under Warn nothing forbids');
    for (const [index, { level }] of found.entries())
      if (level === 'unknown') assert.notEqual(warned[index]?.message, found[index]?.message);
  });
}

test('a verdict that stands for a fault says where it is and what to do', async () => {
  const fault = {
    code: 'PolicyFailed',
    message: 'm',
    location: { file: 'policies/p.rego', line: 3 },
    remedy: 'Mend it.',
  };
  const engine = new ScriptedEngine({ 'p/deny': { fault } as PolicyAnswer });
  const [verdict] = await judge(JUDGEMENT, [applied('p')], engine);
  assert.equal(verdict?.message, 'm (policies/p.rego:3). Mend it.');
});

test('an engine that answers too little passes nothing', async () => {
  const engine: PolicyEngine = { evaluate: () => Promise.resolve([]) };
  assert.deepEqual(said(await judge(JUDGEMENT, [applied('p')], engine)), [
    'unknown p PolicyFailed',
    'unknown p PolicyFailed',
  ]);
});

test('a package that refers to an input which the stage lacks is unknown, and the others are asked', async () => {
  const engine = new ScriptedEngine({ 'b/deny': denies });
  const policies = [
    applied('a', { inputs: ['object', 'oldObject'] }),
    applied('b'),
    applied('c', { inputs: ['changes'], enforce: 'Warn' }),
  ];
  const verdicts = await judge(JUDGEMENT, policies, engine);
  assert.deepEqual(said(verdicts), ['deny b', 'unknown a InputLacking', 'warn c InputLacking']);
  assert.match(verdicts[1]?.message ?? '', /input\.oldObject/);
  assert.deepEqual(engine.queries[0]?.entrypoints, ['b/deny', 'b/warn']);
});

test('a policy is given what some package refers to, and all of it where one refers to anything', async () => {
  const inputFor = async (...inputs: readonly (readonly string[])[]): Promise<Json | undefined> => {
    const engine = new ScriptedEngine();
    await judge(
      JUDGEMENT,
      inputs.map((each, index) => applied(`p${index}`, { inputs: each })),
      engine,
    );
    return engine.queries[0]?.input;
  };
  assert.deepEqual(await inputFor(['object'], ['stage']), { object: { spec: {} }, stage: 'request' });
  assert.deepEqual(await inputFor(['*']), { stage: 'request', object: { spec: {} }, facts: { related: {} } });
  assert.deepEqual(await inputFor([]), {});
});

test('only the rules that a package has are asked, with parameters and time, and nothing where there is nothing to ask', async () => {
  const engine = new ScriptedEngine();
  await judge(JUDGEMENT, [applied('p', { rules: ['warn'] })], engine);
  assert.deepEqual(engine.queries, [
    {
      entrypoints: ['p/warn'],
      input: { object: { spec: {} } },
      parameters: { limit: 7 },
      time: '2026-01-31T12:00:00Z',
    },
  ]);
  const { time: _time, ...timeless } = JUDGEMENT;
  await judge({ ...timeless, time: undefined }, [applied('p')], engine);
  assert.equal(Object.hasOwn(engine.queries[1] ?? {}, 'time'), false);
  assert.deepEqual(await judge(JUDGEMENT, [], engine), []);
  assert.equal(engine.queries.length, 2);
});

test('a package that two entries apply is asked once, and the stricter of them holds, in either order', async () => {
  const entries = [applied('p', { enforce: 'Warn' }), applied('p'), applied('p', { enforce: 'Warn' })];
  for (const policies of [entries, [...entries].reverse(), entries.slice(0, 2), entries.slice(1)]) {
    const engine = new ScriptedEngine({ 'p/deny': denies });
    assert.deepEqual(said(await judge(JUDGEMENT, policies, engine)), ['deny p']);
    assert.deepEqual(engine.queries[0]?.entrypoints, ['p/deny', 'p/warn']);
  }
  const exempted = [
    applied('p', { enforce: 'Warn' }),
    applied('p', { exempt: [{ object: 'Gadget/x/a', until: undefined }] }),
  ];
  assert.deepEqual(said(await judge(JUDGEMENT, exempted, new ScriptedEngine({ 'p/deny': denies }))), ['warn p']);
});

test('an exemption holds for its object through the whole of its last day', async () => {
  const cases: readonly (readonly [object: string, until: string | undefined, isExempt: boolean])[] = [
    ['Gadget/x/a', undefined, true],
    ['Gadget/x/a', '2026-02-01', true],
    ['Gadget/x/a', '2026-01-31', true],
    ['Gadget/x/a', '2026-01-30', false],
    ['Gadget/x/b', undefined, false],
    ['Gadget/y/a', undefined, false],
    ['Widget/x/a', undefined, false],
  ];
  for (const [object, until, isExempt] of cases) {
    const verdicts = await judge(
      JUDGEMENT,
      [applied('p', { exempt: [{ object, until }] })],
      new ScriptedEngine({ 'p/deny': denies }),
    );
    assert.equal(verdicts.length === 0, isExempt, `${object} ${until}`);
  }
});

test('a policy for namespaces judges only the objects in them', async () => {
  const engine = new ScriptedEngine({ 'p/deny': denies });
  const { namespace: _namespace, ...clusterScoped } = JUDGEMENT.object.metadata;
  const elsewhere = { ...JUDGEMENT, object: { ...JUDGEMENT.object, metadata: clusterScoped } };
  assert.equal((await judge(JUDGEMENT, [applied('p', { namespaces: ['x', 'y'] })], engine)).length, 1);
  assert.equal((await judge(JUDGEMENT, [applied('p', { namespaces: ['y'] })], engine)).length, 0);
  assert.equal((await judge(elsewhere, [applied('p', { namespaces: ['y'] })], engine)).length, 0);
});

test('verdicts come in one order, whatever the order of policies and answers', async () => {
  const answer: PolicyAnswer = { value: ['b', 'a', { msg: 'a', code: 'Z', path: 'spec.a' }] };
  const script = { 'p/deny': answer, 'p/warn': answer, 'q/deny': FAULT, 'q/warn': answer };
  const reversed = { 'p/deny': { value: [...(answer.value as readonly Json[])].reverse() } };
  const one = await judge(JUDGEMENT, [applied('p'), applied('q')], new ScriptedEngine(script));
  const other = await judge(JUDGEMENT, [applied('q'), applied('p')], new ScriptedEngine({ ...script, ...reversed }));
  assert.deepEqual(one, other);
  assert.deepEqual(
    one.map(({ level }) => level),
    ['deny', 'deny', 'deny', 'unknown', ...Array<string>(6).fill('warn')],
  );
});
