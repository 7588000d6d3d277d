import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { edict, edictHere, type Run, temporaryFolder } from './run-edict.js';

const folder = temporaryFolder();
for (const [path, text] of Object.entries({
  'page.jsonnet': "local names = import 'lib/names.libsonnet';\n{ title: names.title, file: std.thisFile }\n",
  'lib/names.libsonnet': "{ title: 'Welcome', file: std.thisFile }\n",
  'lib/other.libsonnet': "'lib'\n",
  'more/other.libsonnet': "'more'\n",
  'text.txt': "It's\n",
  'wrong.jsonnet': "local f(x) = error 'no ' + x;\n{\n  a: f(1),\n}\n",
})) {
  mkdirSync(join(folder, path, '..'), { recursive: true });
  writeFileSync(join(folder, path), text);
}

function jsonnet(...words: string[]): Run {
  return edict(folder, ['jsonnet', ...words], { NAME: 'from outside', JSONNET_PATH: '' });
}

const outputs: { readonly [name: string]: readonly [words: readonly string[], out: string] } = {
  'a file, whose imports are found from where it is': [
    ['page.jsonnet'],
    '{\n   "file": "page.jsonnet",\n   "title": "Welcome"\n}\n',
  ],
  'a program on the command line, which is no file': [
    ['-e', '[std.thisFile, 1e3, 0.1]'],
    '[\n   "",\n   1000,\n   0.10000000000000001\n]\n',
  ],
  'a library by its folder; of several the last': [
    ['-J', 'lib', '--jpath', 'more', '-e', "import 'other.libsonnet'"],
    '"more"\n',
  ],
  'external variables, as texts and as code': [
    ['-V', 'NAME', '--ext-str', 'b=1', '--ext-code', 'c=1 + 1', '-e', '[std.extVar(x) for x in ["NAME", "b", "c"]]'],
    '[\n   "from outside",\n   "1",\n   2\n]\n',
  ],
  'external variables from files': [
    [
      '--ext-str-file',
      'a=text.txt',
      '--ext-code-file',
      'b=lib/names.libsonnet',
      '-e',
      'std.extVar("a") + std.extVar("b").file',
    ],
    '"It\'s\\nlib/names.libsonnet"\n',
  ],
  'arguments of a function': [
    [
      '-A',
      'a=x',
      '--tla-code',
      'b=[2]',
      '--tla-str-file',
      'c=text.txt',
      '--tla-code-file',
      'd=lib/other.libsonnet',
      '-e',
      'function(a, b, c, d) [a, b[0], c, d]',
    ],
    '[\n   "x",\n   2,\n   "It\'s\\n",\n   "lib"\n]\n',
  ],
  'a text as it is, with joined flags': [['-Se', '"a\\u001b[1m\\n"'], 'a\u001b[1m\n\n'],
  'a text without a new line': [['-S', '--no-trailing-newline', '-e', '"a"'], 'a'],
  'a stream of documents': [['-y', '-e', '[1, {a: "b"}]'], '---\n1\n---\n{\n   "a": "b"\n}\n...\n'],
  'a stream of none': [['-y', '-e', '[]'], ''],
  'a program that looks like a flag': [['-e', '--', '-1'], '-1\n'],
  'calls nested deeper than a process has stack for': [
    ['-s', '50000', '-e', 'local f(n) = if n == 0 then 0 else 1 + f(n - 1); f(20000)'],
    '20000\n',
  ],
};
for (const [name, [words, out]] of Object.entries(outputs)) {
  test(`jsonnet writes what the jsonnet command writes: ${name}`, () => {
    assert.deepEqual(jsonnet(...words), { code: 0, out, err: '' });
  });
}

test('jsonnet reads standard input, and the library folders of the environment', () => {
  const run = edict(folder, ['jsonnet', '-'], { JSONNET_PATH: 'lib:more' }, "import 'other.libsonnet'");
  assert.deepEqual(run, { code: 0, out: '"lib"\n', err: '' });
});

test('jsonnet writes one file or many, makes folders when told to, and leaves none outside', () => {
  assert.equal(jsonnet('-o', 'made/one.json', '-e', '1').code, 1);
  assert.deepEqual(jsonnet('-co', 'made/one.json', '-e', '1'), { code: 0, out: '', err: '' });
  assert.equal(readFileSync(join(folder, 'made/one.json'), 'utf8'), '1\n');
  const many = jsonnet('-S', '-cm', 'made/./many', '-e', '{"b/c": "x", a: "y", "/d": "z"}');
  assert.deepEqual(many, { code: 0, out: 'made/many/d\nmade/many/a\nmade/many/b/c\n', err: '' });
  assert.equal(readFileSync(join(folder, 'made/many/b/c'), 'utf8'), 'x\n');
  assert.deepEqual(jsonnet('-m', 'made', '-o', 'list', '-e', '{a: 1}').out, '');
  assert.equal(readFileSync(join(folder, 'list'), 'utf8'), 'made/a\n');
  assert.equal(jsonnet('-m', 'made', '-e', '{"../outside": 1}').code, 1);
  assert.ok(!readdirSync(folder).includes('outside'));
});

test('an error is told with every place that led to it, innermost first', () => {
  const { code, out, err } = jsonnet('wrong.jsonnet');
  assert.deepEqual([code, out], [1, '']);
  assert.match(err, /^RUNTIME ERROR: no 1\n\twrong\.jsonnet:1:14-29\t.*\n\twrong\.jsonnet:3:6-10\t.*\n$/);
  assert.match(jsonnet('-e', '{ a: ').err, /^<cmdline>:1:6 .*\n\n\{ a:\n\n$/);
  const deep = jsonnet('-t', '4', '-e', "local f(n) = if n == 0 then error 'x' else f(n - 1) + 1; f(9)").err.split(
    '\n',
  );
  assert.deepEqual([deep.length, deep[3]], [7, '\t...']);
});

test('an endless recursion is an error, whatever depth is allowed', () => {
  for (const depth of ['1', '500', '30000']) {
    const { code, err } = jsonnet('-s', depth, '-t', '1', '-e', 'local f(n) = 1 + f(n + 1); f(0)');
    assert.equal(code, 1, depth);
    assert.match(err, /^RUNTIME ERROR: /, depth);
  }
});

test('std.trace is told on stderr, also from a thread, and moves no cursor', () => {
  for (const depth of ['500', '5000']) {
    const run = jsonnet('-s', depth, '-e', "\nstd.trace('seen \\u001b[2J', 1)");
    assert.deepEqual(run, { code: 0, out: '1\n', err: 'TRACE: <cmdline>:2 seen \ufffd[2J\n' });
  }
  const control = "error '\\u001b]0;x\\u0007'";
  assert.doesNotMatch(jsonnet('-e', control).err + jsonnet('-V', '\u001b[1m').err, /[\u0000-\u0008\u000b-\u001f]/);
});

const mistakes: { readonly [name: string]: readonly string[] } = {
  'no file': [],
  'a file too many': ['page.jsonnet', 'page.jsonnet'],
  'a file that there is not': ['nowhere.jsonnet'],
  'a folder': ['lib'],
  'a flag that there is not': ['--colour', 'page.jsonnet'],
  'a flag without its value': ['-e', '1', '-o'],
  'an empty folder name': ['-J', '', '-e', '1'],
  'a depth that is none': ['-s', '0', '-e', '1'],
  'a variable that the environment does not have': ['-V', 'NOWHERE', '-e', '1'],
  'a stream without new lines': ['-y', '--no-trailing-newline', '-e', '[]'],
  'a number where a text is wanted': ['-S', '-e', '1'],
  'facts without a session': ['--facts', 'text.txt', '-e', '1'],
};
for (const [name, words] of Object.entries(mistakes)) {
  test(`${name} is exit code 1, as in the jsonnet command`, async () => {
    const { code, out, err } = await edictHere(folder, ['jsonnet', ...words]);
    assert.deepEqual({ code, out }, { code: 1, out: '' });
    assert.notEqual(err, '');
  });
}

test('jsonnet has its own help and version, and takes no option before its name', async () => {
  for (const words of [
    ['jsonnet', '--help'],
    ['help', 'jsonnet'],
    ['jsonnet', '-e', '1', '-h'],
  ]) {
    const { code, out } = await edictHere(folder, words);
    assert.equal(code, 0);
    assert.match(out, /--tla-code-file.*\n.*--repl.*\n/s);
  }
  assert.match((await edictHere(folder, ['jsonnet', '--version'])).out, /^edict jsonnet \d/);
  assert.equal((await edictHere(folder, ['-q', 'jsonnet', 'page.jsonnet'])).code, 2);
});
