import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { OpaPolicyCompiler } from '#adapters/opa/policy-compiler.js';
import { OpaPolicyEngine } from '#adapters/opa/policy-engine.js';
import type { PolicyLimits } from '#adapters/opa/policy-instance.js';
import type { CompiledPolicies } from '#catalog/policy-compiler.js';
import type { Json, JsonObject } from '#model/json.js';
import type { PolicyAnswer } from '#policy/policy-engine.js';
import { RegoTool } from '#wasm/rego-tool.js';
import { realArtifact } from '../../wasm/artifacts.js';

const RULES: Readonly<Record<string, string>> = {
  sound:
    'deny contains "no name" if not input.object.name\nwarn contains sprintf("%v", [data.parameters.limit]) if data.parameters.limit',
  failing: 'deny contains "large" if units.parse(input.object.size) > 5',
  native: 'deny contains "large" if to_number(input.object.size) > 5',
  clock: 'deny contains "late" if time.now_ns() > time.parse_rfc3339_ns("2024-01-01T00:00:00Z")',
  conflict: 'value := 1 if input.object\nvalue := 2 if input.object.name\ndeny contains "x" if value == 3',
  endless: `deny contains "x" if {
	ns := numbers.range(1, 3000)
	count({1 | some a in ns; some b in ns; some c in ns; a + b + c == -1}) > 0
}`,
  sometimes:
    'deny contains "x" if { some a in numbers.range(1, input.object.count); some b in numbers.range(1, input.object.count); a * b == -1 }',
  bomb: 'deny contains "x" if count(numbers.range(1, 100000000)) == 1',
  doubling: `deny contains "x" if count(f) == 1
a := "0123456789012345678901234567890123456789"
b := concat("", [a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a])
c := concat("", [b, b, b, b, b, b, b, b, b, b, b, b, b, b, b, b])
d := concat("", [c, c, c, c, c, c, c, c, c, c, c, c, c, c, c, c])
e := concat("", [d, d, d, d, d, d, d, d, d, d, d, d, d, d, d, d, d, d, d, d, d, d, d, d])
f := concat("", [e, e, e, e])`,
  host: 'deny contains "x" if count(net.cidr_expand("10.0.0.0/8")) == 1',
  echo: 'deny contains {"code": "Echo", "msg": sprintf("%v", [input.object]), "set": {3, 1, 2}}',
  mirror: 'deny contains {"object": input.object, "through": json.patch([input.object], [])[0]}',
  members:
    'deny contains sprintf("%s=%v", [key, value]) if some key, value in input.object\nwarn contains concat(",", {key | some key, _ in input.object})',
  reading: `deny contains "x" if yaml.unmarshal(input.object) == {}
warn contains "x" if {
	yaml.unmarshal(input.object) != {}
	yaml.unmarshal(input.object) == {}
}`,
  matching: `deny contains "x" if regex.match(input.object.pattern, input.object.text)
warn contains "x" if regex.match("^a", input.object.text)`,
  undefinedRule: 'deny contains "x" if input.object.absent.field',
};

const entry = (name: string, rule = 'deny') => `${name}/request/${rule}`;
let policies: CompiledPolicies;

before(async () => {
  const tool = new RegoTool(realArtifact('rego', 512), 120_000);
  const cache = await mkdtemp(join(tmpdir(), 'edict-policies-'));
  const sources = Object.entries(RULES).map(([name, text]) => ({
    path: `${name}/request.rego`,
    text: `package ${name}.request\n${text}\n`,
  }));
  const compilation = await new OpaPolicyCompiler({ tool: () => tool, artifact: 'test', cache }).compile(sources);
  assert.deepEqual(compilation.faults, []);
  policies = compilation.policies;
  await tool.close();
  await rm(cache, { recursive: true });
});

function engine(limits?: PolicyLimits): OpaPolicyEngine {
  return new OpaPolicyEngine({
    policies,
    ...(limits === undefined ? {} : { limits }),
  });
}

const SMALL: PolicyLimits = { steps: 200_000, memory: 32 * 1024 * 1024 };

async function ask(
  names: readonly string[],
  object: Json,
  options: { using?: OpaPolicyEngine; parameters?: JsonObject; time?: string } = {},
): Promise<readonly PolicyAnswer[]> {
  const { using = engine(SMALL), parameters = { limit: 7 }, time } = options;
  return using.evaluate({
    entrypoints: names,
    input: { object } as JsonObject,
    parameters,
    ...(time === undefined ? {} : { time }),
  });
}

function shown(answer: PolicyAnswer | undefined): unknown {
  if (answer === undefined) return undefined;
  return 'fault' in answer ? `${answer.fault.code} ${answer.fault.location.file ?? ''}` : answer.value;
}

test('every entrypoint is answered, in the order of the question', async () => {
  const answers = await ask([entry('sound', 'warn'), entry('sound'), entry('sound')], {});
  assert.deepEqual(answers.map(shown), [['7'], ['no name'], ['no name']]);
});

test('parameters are those of the question', async () => {
  const using = engine();
  assert.deepEqual((await ask([entry('sound', 'warn')], {}, { using, parameters: {} })).map(shown), [[]]);
  assert.deepEqual((await ask([entry('sound', 'warn')], {}, { using })).map(shown), [['7']]);
});

test('a built-in of the host that fails is a fault of its policy, not a pass', async () => {
  const answers = await ask([entry('failing'), entry('sound')], { name: 'a', size: 'big' });
  assert.deepEqual(answers.map(shown), ['PolicyFailed policies/failing/request.rego', []]);
});

test('a built-in of the runtime that fails is a fault too', async () => {
  const answers = await ask([entry('native'), entry('sound')], { name: 'a', size: 'big' });
  assert.deepEqual(answers.map(shown), ['PolicyFailed policies/native/request.rego', []]);
});

test('a fault holds nothing of the object', async () => {
  const [first, second] = await ask([entry('failing'), entry('native')], { size: '1secret' });
  assert.doesNotMatch(JSON.stringify([first, second]), /secret/);
});

test('rules that disagree are a fault with the line', async () => {
  const [answer] = await ask([entry('conflict')], { name: 'a' });
  assert.ok(answer !== undefined && 'fault' in answer);
  assert.deepEqual([answer.fault.code, answer.fault.location.file], ['PolicyFailed', 'policies/conflict/request.rego']);
  assert.ok((answer.fault.location.line ?? 0) >= 2);
});

test('the time is that of the question, and an error where there is none', async () => {
  const using = engine();
  assert.deepEqual((await ask([entry('clock')], {}, { using })).map(shown), [
    'PolicyFailed policies/clock/request.rego',
  ]);
  assert.deepEqual((await ask([entry('clock')], {}, { using, time: '2023-12-31T23:59:59Z' })).map(shown), [[]]);
  assert.deepEqual((await ask([entry('clock')], {}, { using, time: '2024-01-01T00:00:01+00:00' })).map(shown), [
    ['late'],
  ]);
});

test('a policy that never ends is stopped and named, the others are answered', async () => {
  const answers = await ask([entry('sound'), entry('endless'), entry('sound', 'warn')], {});
  assert.deepEqual(answers.map(shown), [['no name'], 'EvaluationTimeout policies/endless/request.rego', ['7']]);
});

test('work within the host is counted as well', async () => {
  assert.deepEqual((await ask([entry('host')], {})).map(shown), ['EvaluationTimeout policies/host/request.rego']);
});

test('a policy that takes all memory is stopped and named, the others are answered', async () => {
  const limits = { steps: 100_000_000, memory: 16 * 1024 * 1024 };
  const answers = await ask([entry('bomb'), entry('doubling'), entry('sound')], {}, { using: engine(limits) });
  assert.deepEqual(answers.map(shown), [
    'EvaluationOutOfMemory policies/bomb/request.rego',
    'EvaluationOutOfMemory policies/doubling/request.rego',
    ['no name'],
  ]);
});

test('a policy that ran away twice in a row is left out for a while, one that recovered is not', async () => {
  const using = engine(SMALL);
  // What was answered before would be known.
  const known = { count: 3, query: -1 };
  let asked = 0;
  const slow = (): Json => ({ count: 2000, query: asked++ });
  const quick = (): Json => ({ count: 3, query: asked++ });
  await ask([entry('sometimes')], known, { using });
  const timeout = 'EvaluationTimeout policies/sometimes/request.rego';
  const answers: unknown[] = [];
  for (const object of [slow, quick, slow, quick, slow, slow, quick])
    answers.push(...(await ask([entry('sometimes')], object(), { using })).map(shown));
  assert.deepEqual(answers, [timeout, [], timeout, [], timeout, timeout, timeout]);
  assert.deepEqual((await ask([entry('sometimes')], known, { using })).map(shown), [[]]);
  for (let query = 0; query < 99; query += 1) await ask([entry('sometimes')], quick(), { using });
  assert.deepEqual((await ask([entry('sometimes')], quick(), { using })).map(shown), [[]]);
});

test('an evaluation takes the same number of steps every time', async () => {
  const using = engine();
  const outcome = async (count: number) =>
    shown((await ask([entry('sometimes')], { count }, { using: engine(SMALL) }))[0]);
  const outcomes = [await outcome(150), await outcome(150)];
  assert.deepEqual(outcomes[0], outcomes[1]);
  assert.deepEqual((await ask([entry('sometimes')], { count: 10 }, { using })).map(shown), [[]]);
});

test('what an earlier entrypoint has read costs the next one as much', async () => {
  const object = 'a'.repeat(20_000);
  const limits = { steps: 30_000, memory: 32 * 1024 * 1024 };
  const [once, twice] = [entry('reading'), entry('reading', 'warn')];
  for (const names of [[twice], [once, twice], [once, once, twice]]) {
    const answers = (await ask(names, object, { using: engine(limits) })).map(shown);
    assert.deepEqual(answers, [...names.slice(1).map(() => []), 'EvaluationTimeout policies/reading/request.rego']);
  }
});

test('a regular expression costs what its program takes, every time', async () => {
  const object = { pattern: '\\pL{1000}', text: 'ab'.repeat(1000) };
  const limits = { steps: 100_000, memory: 32 * 1024 * 1024 };
  const names = [entry('matching'), entry('matching', 'warn')];
  const timeout = 'EvaluationTimeout policies/matching/request.rego';
  for (const first of [timeout, ['x'], timeout]) {
    const using = first === timeout ? engine(limits) : engine();
    assert.deepEqual((await ask(names, object, { using })).map(shown), [first, ['x']]);
  }
});

for (const depth of [100, 3000, 20_000]) {
  test(`an object that nests ${depth} deep is answered or refused by code`, async () => {
    let object: Json = 1;
    for (let level = 0; level < depth; level += 1) object = { a: object };
    const using = engine();
    const answers = await ask([entry('undefinedRule'), entry('sound')], object, { using });
    const expected =
      depth < 20_000
        ? [[], ['no name']]
        : ['EvaluationTooDeep policies/undefinedRule/request.rego', 'EvaluationTooDeep policies/sound/request.rego'];
    assert.deepEqual(answers.map(shown), expected);
    assert.deepEqual((await ask([entry('sound')], { name: 'a' }, { using })).map(shown), [[]]);
  });
}

test('keys of the prototype are keys like others', async () => {
  const object = JSON.parse('{"__proto__": {"polluted": 1}, "constructor": 2}') as Json;
  const [answer] = await ask([entry('members')], object);
  assert.deepEqual(shown(answer), ['__proto__={"polluted": 1}', 'constructor=2']);
  assert.equal(({} as { polluted?: number }).polluted, undefined);
  const [echo] = await ask([entry('echo')], object);
  assert.match(JSON.stringify(echo), /__proto__/);
});

const values: readonly Json[] = [
  ...[
    0,
    false,
    true,
    '',
    null,
    [],
    {},
    1.5,
    'ü😀',
    1e21,
    -42,
    9007199254740991,
    '\u0000\u001f"\\',
    '\ufeffa',
    '\ufffd',
  ],
  ...['x'.repeat(70_000), 'ü'.repeat(70_000), [[], [{}], { a: [null] }]],
  Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`key ${index}`, [index, { [`${index}`]: [] }]])),
];
test('every value comes back as it went in, also through a built-in of the host', async () => {
  const using = engine();
  for (const object of values)
    assert.deepEqual((await ask([entry('mirror')], object, { using })).map(shown), [[{ object, through: object }]]);
});

test('the order of keys changes no byte of an answer', async () => {
  const keys = Array.from({ length: 60 }, (_, index) => `key-${(index * 7919) % 1000}`);
  const text = async (order: readonly string[]) => {
    const object = Object.fromEntries(order.map((key) => [key, { [`${key}b`]: 1, [`${key}a`]: [key] }]));
    return JSON.stringify(await ask([entry('members'), entry('members', 'warn'), entry('echo')], object));
  };
  const expected = await text(keys);
  for (let shift = 1; shift < 12; shift += 1) {
    const shuffled = keys
      .toSorted(
        (left, right) =>
          ((left.length * shift + left.charCodeAt(4)) % 7) - ((right.length * shift + right.charCodeAt(4)) % 7),
      )
      .toReversed();
    assert.equal(await text(shuffled), expected);
  }
});

test('sets come as sorted arrays', async () => {
  const [answer] = await ask([entry('echo')], {});
  assert.deepEqual(shown(answer), [{ code: 'Echo', msg: '{}', set: [1, 2, 3] }]);
});

test('an entrypoint that is not there is a fault', async () => {
  assert.deepEqual((await ask(['absent/request/deny'], {})).map(shown), ['InternalFault ']);
});

test('without policies every question is a fault', async () => {
  const using = new OpaPolicyEngine({ policies: { module: undefined, packages: [] } });
  assert.deepEqual((await ask([entry('sound')], {}, { using })).map(shown), ['InternalFault ']);
});

test('ten thousand evaluations leave the memory as it was', async () => {
  const using = engine();
  const small = { steps: 1_000_000, memory: 2 * 1024 * 1024 };
  const tight = engine(small);
  for (let index = 0; index < 10_000; index += 1)
    await ask([entry('echo'), entry('members')], { index, text: 'x'.repeat(100) }, { using: tight });
  assert.deepEqual((await ask([entry('sound')], {}, { using })).map(shown), [['no name']]);
  assert.deepEqual((await ask([entry('sound')], {}, { using: tight })).map(shown), [['no name']]);
});
