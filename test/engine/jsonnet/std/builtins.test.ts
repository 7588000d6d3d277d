import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { BUILTINS } from '#jsonnet/std/builtins.js';
import { STD_NAMES } from '#jsonnet/std/std-object.js';
import { JsonnetTool } from '#wasm/jsonnet-tool.js';
import { evaluateHere, evaluateThere, type Outcome, type Program } from '../../../jsonnet/both.js';
import { readCases } from '../../../jsonnet/cases.js';
import { realArtifact } from '../../wasm/artifacts.js';

const reference = new JsonnetTool(realArtifact('jsonnet', 512), 60_000);

after(() => reference.close());

async function same(program: Program): Promise<void> {
  const here: Outcome = evaluateHere(program);
  const there = await evaluateThere(reference, program);
  assert.ok('text' in here && 'text' in there, JSON.stringify([here, there]));
  assert.equal(here.text, there.text);
}

test('std has the members that go-jsonnet has, hidden, of the same types', async () => {
  await reference.load({});
  const shown = "local isOwn(name) = !std.startsWith(name, '$'); ";
  await same({ code: `${shown}std.filter(isOwn, std.objectFieldsAll(std))` });
  await same({ code: `${shown}{ [name]: std.type(std[name]) for name in std.objectFieldsAll(std) if isOwn(name) }` });
  await same({ code: 'std.objectFields(std)' });
});

test('every function takes as many arguments as it does there', async () => {
  await reference.load({});
  const functions = Object.keys(BUILTINS);
  await same({ code: `{ [name]: std.length(std[name]) for name in ${JSON.stringify(functions)} }` });
});

test('every function takes its arguments by the names that they have there', async () => {
  await reference.load({});
  const named = Object.entries(BUILTINS).map(([name, { value }]) => {
    const { parameters } = value.signature;
    const args = parameters.map((parameter) => `${parameter}=error 'given'`);
    return `function() std.${name}(${args.join(', ')})`;
  });
  for (const [index, code] of named.entries()) {
    const program = { code: `(${code})()` };
    const [here, there] = [evaluateHere(program), await evaluateThere(reference, program)];
    const name = Object.keys(BUILTINS)[index] ?? '';
    if ('text' in here || 'text' in there) assert.deepEqual(here, there, name);
    else if (there.message !== 'given')
      assert.doesNotMatch(there.message, /parameter|argument/i, `${name}: ${there.message}`);
  }
});

test('every member of std stands in a case', () => {
  const programs = [...readCases().values()].flat().map(({ code }) => code);
  const text = programs.join('\n');
  const missing = [...STD_NAMES].filter((name) => !new RegExp(`std\\.${name}\\b`).test(text));
  assert.deepEqual(missing, []);
});
