import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { JsonnetTool } from '#wasm/jsonnet-tool.js';
import { compareOutcomes, evaluateHere, evaluateThere, type Verdict } from '../../jsonnet/both.js';
import { generateProgram } from '../../jsonnet/generate.js';
import { minimise } from '../../jsonnet/minimise.js';
import { realArtifact } from '../wasm/artifacts.js';

const PROGRAMS = 300;

const reference = new JsonnetTool(realArtifact('jsonnet', 512), 60_000);

before(() => reference.load({}));
after(() => reference.close());

const verdictOn = async (code: string): Promise<Verdict> =>
  compareOutcomes(evaluateHere({ code }), await evaluateThere(reference, { code }));

test(`${PROGRAMS} generated programs give the same bytes as with go-jsonnet, or fail there too`, async () => {
  const different: string[] = [];
  let values = 0;
  for (let seed = 1; seed <= PROGRAMS; seed += 1) {
    const code = generateProgram(seed);
    if ('text' in evaluateHere({ code })) values += 1;
    if ((await verdictOn(code)) === 'different') different.push(`seed ${seed}: ${code}`);
  }
  assert.deepEqual(different, []);
  assert.ok(values > PROGRAMS / 2, `${values} programs give a value`);
  assert.ok(values < PROGRAMS, 'some fail');
});

test('a seed always makes the same program, and another one another', () => {
  assert.equal(generateProgram(7), generateProgram(7));
  assert.notEqual(generateProgram(7), generateProgram(8));
});

test('a program is made smaller as long as it shows the same', async () => {
  const program = "local a = [1, { b: std.length('abc') }];\n(a[1].b + 0) / (std.abs(-2) - 2)";
  const small = await minimise(program, async (code) => {
    const outcome = evaluateHere({ code });
    return 'message' in outcome && outcome.message === 'division by zero';
  });
  assert.ok(small.length < 8, small);
});
