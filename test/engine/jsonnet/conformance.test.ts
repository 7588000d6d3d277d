import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { JsonnetTool } from '#wasm/jsonnet-tool.js';
import { evaluateHere, evaluateThere, type Outcome } from '../../jsonnet/both.js';
import { CASE_FILES, type Case, parseCases, readCases } from '../../jsonnet/cases.js';
import { realArtifact } from '../wasm/artifacts.js';

/** Programs that the reference takes otherwise, and why it is not followed. */
const DIFFERENT: { readonly [code: string]: string } = {
  'local f(x, x) = x; 1': 'the language has no two parameters of one name; go-jsonnet forgets to look',
  'local f(x=1, x=2) = x; 1': 'the language has no two parameters of one name; go-jsonnet forgets to look',
  'local f(x, y=x) = y; f(1) tailstrict': 'go-jsonnet evaluates the default where no parameter is known',
  'std.sum([1e308, 1e308])': 'go-jsonnet writes +Inf, which is no JSON',
};

const reference = new JsonnetTool(realArtifact('jsonnet', 512), 60_000);
const areas = readCases();

before(() => reference.load(CASE_FILES));
after(() => reference.close());

/** What became of a case, as it is written in its file. */
function written(outcome: Outcome, json = ''): string {
  if ('text' in outcome) return `=> ${sameJson(json, outcome.text) ? json : JSON.stringify(JSON.parse(outcome.text))}`;
  return `=! ${outcome.place ?? ''} ${outcome.code}`;
}

function sameJson(left: string, right: string): boolean {
  return left !== '' && JSON.stringify(JSON.parse(left)) === JSON.stringify(JSON.parse(right));
}

const stated = ({ expected }: Case): string =>
  'json' in expected ? `=> ${expected.json}` : `=! ${expected.place} ${expected.code}`;

for (const [area, cases] of areas) {
  test(`${area}: every program gives what its case says`, () => {
    const wrong = cases.flatMap((each) => {
      const found = written(evaluateHere(each), 'json' in each.expected ? each.expected.json : '');
      return found === stated(each) ? [] : [`${each.name} ${each.code} ${found}, not ${stated(each)}`];
    });
    assert.deepEqual(wrong, []);
  });

  test(`${area}: go-jsonnet says the same, byte for byte`, async () => {
    const same = cases.filter(({ code }) => DIFFERENT[code] === undefined);
    const failing = same.filter(({ expected }) => 'place' in expected);
    const giving = same.filter(({ expected }) => 'json' in expected);
    const wrong: string[] = [];
    for (const each of (await isSameTogether(giving)) ? failing : [...giving, ...failing]) {
      const found = await evaluateThere(reference, each);
      if (!agrees(found, each)) wrong.push(`${each.name} ${each.code} gives ${JSON.stringify(found)}`);
    }
    assert.deepEqual(wrong, []);
  });
}

/** Whether programs give the same when all of them are one program: the reference takes long to begin. */
async function isSameTogether(cases: readonly Case[]): Promise<boolean> {
  const [first] = cases;
  if (first === undefined) return true;
  const code = `[\n${cases.map((each) => `(\n${each.code}\n),\n`).join('')}]`;
  const together = { ...first, code };
  const found = await evaluateThere(reference, together);
  const alone = cases.map((each) => evaluateHere(each));
  if (alone.some((outcome) => !('text' in outcome))) return false;
  const here = evaluateHere(together);
  return 'text' in found && 'text' in here && found.text === here.text;
}

function agrees(found: Outcome, each: Case): boolean {
  const here = evaluateHere(each);
  if ('text' in here || 'text' in found) return 'text' in here && 'text' in found && here.text === found.text;
  return found.place === undefined || found.place === here.place;
}

test('go-jsonnet still differs where it is said to', async () => {
  const programs = [...areas.values()].flat().filter(({ code }) => DIFFERENT[code] !== undefined);
  assert.deepEqual(programs.map(({ code }) => code).sort(), Object.keys(DIFFERENT).sort());
  for (const each of programs) assert.equal(agrees(await evaluateThere(reference, each), each), false, each.code);
});

test('a case is told from the text around it', () => {
  const text = "# About\n1 + 1 => 2\n\nlocal a = 1;\na\n=> 1\nerror 'x' =! 1:1\nx =! 1:1 SyntaxInvalid\n";
  assert.deepEqual(
    parseCases('area', text).map(({ name, code, expected }) => [name, code, expected]),
    [
      ['area:2', '1 + 1', { json: '2' }],
      ['area:6', 'local a = 1;\na', { json: '1' }],
      ['area:7', "error 'x'", { place: '1:1', code: 'EvaluationFailed' }],
      ['area:8', 'x', { place: '1:1', code: 'SyntaxInvalid' }],
    ],
  );
  assert.throws(() => parseCases('area', '1 + 1\n'));
});
