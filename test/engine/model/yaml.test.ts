import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EdictError } from '#errors/edict-error.js';
import type { Fault } from '#errors/fault.js';
import type { Json } from '#model/json.js';
import { decodeText, isEncodable } from '#model/text.js';
import { dumpYaml, dumpYamlDocuments, parseYaml, parseYamlDocument } from '#model/yaml.js';

const parse = (text: string, limits = {}) => parseYaml(text, { file: 'f.yaml', ...limits });

function faultOf(action: () => unknown): Fault {
  try {
    action();
  } catch (error) {
    assert.ok(error instanceof EdictError, String(error));
    return error.faults[0] as Fault;
  }
  throw new assert.AssertionError({ message: 'nothing was refused' });
}

function refusal(text: string, limits = {}): readonly unknown[] {
  const { code, location } = faultOf(() => parse(text, limits));
  return [code, location.line, location.column];
}

test('documents keep their values and lines, and empty ones are left out', () => {
  const documents = parse('# head\n---\na: 1\n---\n# nothing\n---\n- b\n---\nnull\n');
  assert.deepEqual(
    documents.map(({ value, line }) => [value, line]),
    [
      [{ a: 1 }, 3],
      [['b'], 7],
      [null, 9],
    ],
  );
  assert.deepEqual(parse(''), []);
});

test('a path is found at its key or item, and a path that is not written at its nearest ancestor', () => {
  const [document] = parse('a:\n- b\n- "c": {d: [1]}\nx: &x {y: 1}\nz: *x\n');
  assert.ok(document);
  assert.deepEqual(document.locate(['a', 1, 'c', 'd', 0]), { line: 3, column: 13 });
  assert.deepEqual(document.locate(['a', 1, 'c']), { line: 3, column: 3 });
  assert.deepEqual(document.locate(['a', 7]), { line: 1, column: 1 });
  assert.deepEqual(document.locate(['z', 'y']), { line: 5, column: 1 });
  assert.deepEqual(document.locate(['nope']), { line: 1, column: 1 });
});

test('JSON is read with the places of its fields', () => {
  const document = parseYamlDocument('{\n  "a": {"b": [1, true, null]}\n}\n', { file: 'f.json' });
  assert.deepEqual(document.value, { a: { b: [1, true, null] } });
  assert.deepEqual(document.locate(['a', 'b']), { line: 2, column: 9 });
});

test('an integer that begins with zero is octal, as kubectl and Helm read it', () => {
  const [document] = parse("a: 0644\nb: -017\nc: '0644'\nd: 0o17\ne: 089\nf: 0\n");
  assert.deepEqual(document?.value, { a: 420, b: -15, c: '0644', d: 15, e: 89, f: 0 });
});

test('merge keys are followed as kubectl and Helm follow them', () => {
  assert.deepEqual(parse('x: &x {a: 1, b: 1}\ny: {<<: *x, b: 2}\n')[0]?.value, {
    x: { a: 1, b: 1 },
    y: { a: 1, b: 2 },
  });
});

test('what is not YAML is refused with its place', () => {
  assert.deepEqual(refusal('a: 1\na: 2\n'), ['YAMLInvalid', 2, 1]);
  assert.deepEqual(refusal('a: 1\nb: [1\n'), ['YAMLInvalid', 2, 6]);
  assert.equal(
    faultOf(() => parse('a: 1\r\nb: [1\r\n\r\n')).fragment,
    'b: [1',
    'what is missing at the end is told of the last line',
  );
  assert.deepEqual(refusal('a:\n- {b: "\\ud800"}\n'), ['YAMLInvalid', 2, 4]);
  assert.deepEqual(refusal('{"a\\udc00": 1}'), ['YAMLInvalid', 1, 2]);
  assert.equal(faultOf(() => parse('a: .inf')).fragment, 'Infinity');
  assert.deepEqual(refusal('a: *nope\n'), ['YAMLInvalid', 1, 5]);
  assert.deepEqual(refusal('a: !!binary xx\n'), ['YAMLInvalid', 1, 4]);
  assert.deepEqual(refusal('a:\n  b: .inf\n'), ['YAMLInvalid', 2, 3]);
  assert.deepEqual(refusal('a: 9007199254740993\n'), ['YAMLInvalid', 1, 1]);
  assert.equal(faultOf(() => parseYamlDocument('a: 1\n---\nb: 1\n', { file: 'f' })).location.line, 3);
  assert.equal(faultOf(() => parseYamlDocument('', { file: 'f' })).code, 'YAMLInvalid');
});

test('keys that would change the meaning of objects are refused however they are written', () => {
  assert.deepEqual(refusal('a:\n  __proto__: {b: 1}\n'), ['KeyForbidden', 2, 3]);
  assert.deepEqual(refusal('a: {"\\u005f_proto__": 1}\n'), ['KeyForbidden', 1, 5]);
  assert.deepEqual(refusal('- constructor: 1\n'), ['KeyForbidden', 1, 3]);
  assert.deepEqual(refusal('a: {prototype: 1}\n'), ['KeyForbidden', 1, 5]);
  assert.equal(faultOf(() => parse('a: [{prototype: 1}]')).location.path, 'a[0].prototype');
});

test('alias bombs, endless aliases and deep nesting are refused before anything walks them', () => {
  const row = (name: string, of: string) => `${name}: &${name} [${Array(10).fill(of).join(', ')}]\n`;
  const bomb = ['1', '*a', '*b', '*c', '*d', '*e', '*f', '*g', '*h']
    .map((of, index) => row('abcdefghi'[index] ?? '', of))
    .join('');
  assert.deepEqual(refusal(bomb), ['YAMLTooDeep', 1, 1]);
  assert.deepEqual(refusal('a: &a {b: [*a]}'), ['YAMLTooDeep', 1, 1]);
  assert.equal(refusal('['.repeat(5000))[0], 'YAMLTooDeep');
  const chain = Array.from({ length: 200 }, (_, index) => `a${index + 1}: &a${index + 1} [*a${index}]\n`).join('');
  assert.deepEqual(refusal(`a0: &a0 [1]\n${chain}`), ['YAMLTooDeep', 1, 1]);
  assert.equal(refusal('a: [1, 2, 3]', { maximumNodes: 5 })[0], 'YAMLTooDeep');
  assert.equal(parse('a: [1, 2, 3]', { maximumNodes: 6 }).length, 1);
  assert.equal(refusal('a: &a [1]\nb: [*a]', { maximumDepth: 3 })[0], 'YAMLTooDeep');
  assert.equal(parse('a: &a [1]\nb: [*a]', { maximumDepth: 4 }).length, 1);
});

test('a text is written the same whatever the order of its keys, with quotes where readers of YAML 1.1 need them', () => {
  const shared = { b: 1, a: 'x' };
  assert.equal(dumpYaml({ z: shared, a: shared }), 'a:\n  a: x\n  b: 1\nz:\n  a: x\n  b: 1\n');
  for (const text of [
    'yes',
    'on',
    'n',
    'Y',
    '0755',
    '0o17',
    '12:30',
    '2024-01-01',
    '1_000',
    '~',
    'null',
    '.inf',
    '1e3',
    '=',
    '<<',
  ]) {
    assert.equal(dumpYaml([text]), `- '${text}'\n`);
    assert.match(dumpYaml({ [text]: 1 }), /^'/);
  }
  assert.equal(dumpYaml({ a: 'x '.repeat(200) }).split('\n').length, 2);
  assert.equal(dumpYamlDocuments([{ a: 1 }, []]), 'a: 1\n---\n[]\n');
});

test('whatever is written is read back equal', () => {
  const pieces = [
    '',
    ' ',
    'a',
    '\n',
    '\t',
    '#',
    ': ',
    "'",
    '"',
    '- ',
    '%',
    '@',
    '|',
    '&x',
    '*x',
    '!',
    'ü',
    '😀',
    '\u2028',
    '\u0085',
    '0',
    '1.',
    'e5',
    '{{',
    '}',
    ',',
  ];
  let seed = 7;
  const next = (limit: number) => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return Math.floor((seed / 2147483648) * limit);
  };
  const text = (): string => Array.from({ length: next(5) }, () => pieces[next(pieces.length)]).join('');
  const value = (depth: number): Json => {
    const choice = depth > 3 ? next(4) : next(6);
    if (choice === 4) return Array.from({ length: next(4) }, () => value(depth + 1));
    if (choice === 5) return Object.fromEntries(Array.from({ length: next(4) }, () => [text(), value(depth + 1)]));
    return [text(), next(2) === 0, null, next(1e6) / 8][choice] ?? null;
  };
  for (let round = 0; round < 3000; round++) {
    const before = [value(0)];
    assert.deepEqual(parse(dumpYaml(before))[0]?.value, before);
  }
});

test('bytes that are not UTF-8 are refused with the line of the first', () => {
  const bytes = (text: string, ...bad: number[]) =>
    Buffer.concat([Buffer.from(text), Buffer.from(bad), Buffer.from('\nrest')]);
  assert.equal(decodeText(Buffer.from('ü😀\n'), {}), 'ü😀\n');
  assert.deepEqual(faultOf(() => decodeText(bytes('a: ü\nb: ', 0xff), { file: 'f' })).location, { file: 'f', line: 2 });
  assert.match(faultOf(() => decodeText(bytes('a: ü\nb: ', 0xff), {})).message, /Byte 9 \(0xff\)/);
  const latin = faultOf(() => decodeText(Buffer.from('a: 1\nb: caf\xe9\nc: 2\n', 'latin1'), {}));
  assert.match(latin.message, /Byte 11 \(0xe9\)/, 'where the bad sequence begins');
  assert.equal(latin.fragment, 'b: caf\ufffd');
  assert.equal(faultOf(() => decodeText(bytes('\n\n', 0xc3), {})).location.line, 3);
  assert.equal(faultOf(() => decodeText(bytes('', 0xed, 0xa0, 0x80), {})).code, 'TextNotUTF8');
  assert.equal(faultOf(() => decodeText(Buffer.alloc(11), {}, 10)).code, 'FileTooLarge');
  assert.equal(decodeText(Buffer.from('x'.repeat(10)), {}, 10).length, 10);
});

test('half of a character cannot be encoded', () => {
  assert.equal(isEncodable('a😀'), true);
  assert.equal(isEncodable('a\ud83d'), false);
});
