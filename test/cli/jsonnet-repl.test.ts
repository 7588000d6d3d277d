import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { edict, type Run, temporaryFolder } from './run-edict.js';

const folder = temporaryFolder('notes');

/** Types these lines into a session. */
function session(lines: readonly string[], ...words: string[]): Run {
  return edict(folder, ['jsonnet', '--repl', ...words], {}, lines.join('\n'));
}

const CASE = 'test/domains/office/note/a-note-is-tried';

test('an expression is printed, a local stays bound, and what is unfinished goes on', () => {
  const lines = [
    'local x = 20, f(n) =',
    '  n + x;',
    '// nothing',
    '',
    'f(1)',
    '[x,',
    '|||',
    '  a',
    '',
    '  b',
    '||| +',
    '"c',
    'd"]',
    'local x = 1; x',
    'x',
    ':quit',
    'x',
  ];
  assert.deepEqual(session(lines), { code: 0, out: '21\n[\n   20,\n   "a\\n\\nb\\nc\\nd"\n]\n1\n20\n', err: '' });
});

test('a function is told by its parameters, an object also by what it hides', () => {
  const lines = ['function(a, b=1) a', '{ a: 1, f(x):: x, g:: error "g", "h-i":: [] }', '{ f():: 1 }'];
  assert.equal(
    session(lines).out,
    'function(a, b=…)\n{\n   "a": 1,\n   f:: function(x),\n   g:: error,\n   "h-i":: array\n}\n{\n   f:: function()\n}\n',
  );
});

test('an error ends nothing, and its place is that of what was typed', () => {
  const lines = [
    'local y = 1',
    'local f(n) = error "no " + n',
    'y + f(y)',
    'nothing',
    'local z = nothing',
    'z',
    '[1',
    ',]]',
    'y',
  ];
  const { code, out, err } = session([...lines, '(1']);
  assert.deepEqual([code, out], [0, '1\n']);
  assert.match(err, /^RUNTIME ERROR: no 1\n\t<input 2>:1:14-29\t.*\n\t<input 3>:1:5-9\t.*\n<input 4>:1:1-8 /);
  assert.match(err, /^<input 5>:1:11-18 .*\n\nlocal z = nothing\n$/m);
  assert.match(err, /^<input 7>:2:3-4 .*\n\n,\]\]\n$/m);
  assert.match(err, /^<input 9>:1:3 /m, 'what is unfinished at the end is an error');
});

test('what runs away is stopped', () => {
  const { code, out, err } = session(['local f(n) = f(n + 1)', 'f(0)', 'std.length(std.repeat("abc", 1e9))', '1']);
  assert.deepEqual([code, out], [0, '1\n']);
  assert.equal(err.match(/^RUNTIME ERROR/gm)?.length, 2);
});

test('a template is tried with the facts of an object', () => {
  assert.equal(edict(folder, ['facts', 'examples', '--save', CASE]).code, 0);
  const whole = edict(folder, ['facts', 'examples', '-o', 'json']);
  writeFileSync(join(folder, 'facts.json'), whole.out);
  for (const facts of [`${CASE}/facts.yaml`, 'facts.json']) {
    const lines = [
      ':load templates/office/note.jsonnet',
      'facts.object.spec.text',
      'template.desired(facts).resources[0].kind',
      ':load templates/office/note.jsonnet note',
      'std.objectHasAll(note, "desired")',
    ];
    assert.deepEqual(
      session(lines, '--facts', facts),
      { code: 0, out: '"Welcome"\n"ConfigMap"\ntrue\n', err: '' },
      facts,
    );
  }
});

test('a wrong command is told, and wrong facts are exit code 1', () => {
  const { code, err } = session([':lod x', ':load', ':load x.jsonnet a-b', ':load nowhere.jsonnet', ':help']);
  assert.equal(code, 0);
  assert.equal(err.match(/^./gm)?.length, 5);
  writeFileSync(join(folder, 'list.yaml'), '[1, 2]\n');
  for (const facts of ['nowhere.yaml', 'list.yaml']) assert.equal(session([], '--facts', facts).code, 1);
});
