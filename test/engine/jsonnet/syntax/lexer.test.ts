import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tokenize } from '#jsonnet/syntax/lexer.js';
import { placeOf, SyntaxFailure } from '#jsonnet/syntax/source.js';

/** The words of a program as `kind` or `kind:text`, without its end. */
const words = (text: string): string =>
  tokenize(text)
    .slice(0, -1)
    .map(({ kind, text: said }) => (kind === said ? kind : `${kind}:${said}`))
    .join(' ');

/** `start-end` of the error that a text ends in. */
function fault(text: string): string {
  try {
    return words(text);
  } catch (error) {
    if (error instanceof SyntaxFailure) return `${error.span.start}-${error.span.end}`;
    throw error;
  }
}

const WORDS: readonly (readonly [text: string, words: string])[] = [
  ['', ''],
  ['  \t\r\n', ''],
  ['a _b c1 A_2', 'identifier:a identifier:_b identifier:c1 identifier:A_2'],
  ['if iff', 'if identifier:iff'],
  ['1 1.5 1e3 1.5E-3 1_000', 'number:1 number:1.5 number:1e3 number:1.5E-3 number:1000'],
  ['1.a', '2-3'],
  ['0x1', 'number:0 identifier:x1'],
  ['a.b[0]', 'identifier:a . identifier:b [ number:0 ]'],
  ['a+b', 'identifier:a operator:+ identifier:b'],
  ['a==b', 'identifier:a operator:== identifier:b'],
  ['a==-b', 'identifier:a operator:= operator:= operator:- identifier:b'],
  ['a+-b', 'identifier:a operator:+ operator:- identifier:b'],
  ['$.a $$', '$ . identifier:a $ $'],
  ['+:: ::: :', 'operator:+:: operator:::: operator::'],
  ['a//b\nc', 'identifier:a identifier:c'],
  ['a/*b*/c', 'identifier:a identifier:c'],
  ['a/b', 'identifier:a operator:/ identifier:b'],
  ['a+//b', 'identifier:a operator:+'],
  ['#a\nb', 'identifier:b'],
  ["'a\\'b' \"c\"", "string:a'b string:c"],
  ["@'a''b' @\"\\\"", "string:a'b string:\\"],
  ["'a\r\nb'", 'string:a\r\nb'],
];

test('a text is read word by word', () => {
  for (const [text, expected] of WORDS) assert.equal(fault(text), expected, text);
});

const BLOCKS: readonly (readonly [text: string, said: string])[] = [
  ['|||\n  a\n|||', 'a\n'],
  ['|||\r\n  a\r\n|||', 'a\r\n'],
  ['|||\r\n  a\r\n  b\r\n|||', 'a\r\nb\r\n'],
  ['|||-\r\n  a\r\n|||', 'a\r'],
  ['|||-\n  a\n|||', 'a'],
  ['|||  \t\n  a\n|||', 'a\n'],
  ['|||-  \n  a\n|||', 'a'],
  ['|||\n\n\n  a\n\n|||', '\n\na\n\n'],
  ['|||\n \ta\n \tb\n|||', 'a\nb\n'],
  ['|||\n  a\n    b\n   c\n |||', 'a\n  b\n c\n'],
];

test('a text block says what is indented as much as its first line', () => {
  for (const [text, said] of BLOCKS) {
    assert.equal(tokenize(text)[0]?.text, said, JSON.stringify(text));
  }
});

const FAULTS: readonly (readonly [text: string, span: string])[] = [
  ["a 'b", '2-3'],
  ['a "b\\"', '2-3'],
  ["@'b''", '0-1'],
  ['@a', '0-1'],
  ['a /* b', '2-3'],
  ['é', '0-1'],
  ['a `', '2-3'],
  ["'\\x'", '0-4'],
  ["a + '\\u12'", '4-10'],
  ['1_', '2-3'],
  ['1e+', '3-4'],
  ['0_1', '1-2'],
  ['|||a', '0-3'],
  ['|||\na\n|||', '0-3'],
  ['|||\n  a', '0-3'],
  ['|||\n  a\n b\n|||', '0-3'],
  ['|||\n  a\n', '0-3'],
];

test('what is no word is refused at its beginning', () => {
  for (const [text, span] of FAULTS) assert.equal(fault(text), span, text);
});

test('a byte order mark is no word', () => {
  assert.equal(fault('\ufeff1'), '0-1');
});

test('lines and columns count from 1, columns in UTF-16 units', () => {
  const source = { path: 'a.jsonnet', text: "local x = '😀é';\r\n\ty" };
  const token = tokenize(source.text).at(-2);
  assert.ok(token !== undefined);
  assert.deepEqual(placeOf(source, token), { file: 'a.jsonnet', line: 2, column: 2, endLine: 2, endColumn: 3 });
  const text = tokenize(source.text)[3];
  assert.ok(text !== undefined);
  assert.deepEqual(placeOf(source, text), { file: 'a.jsonnet', line: 1, column: 11, endLine: 1, endColumn: 16 });
});

test('long words and long runs of symbols are read in one go', () => {
  const letters = 'a'.repeat(5_000_000);
  assert.equal(tokenize(letters)[0]?.text.length, letters.length);
  assert.equal(tokenize(`'${letters}'`)[0]?.text.length, letters.length);
  assert.equal(tokenize(`@"${letters}"`)[0]?.text.length, letters.length);
  assert.equal(tokenize(`'${'\\n'.repeat(1_000_000)}'`)[0]?.text.length, 1_000_000);
  assert.equal(tokenize('+'.repeat(100_000)).length, 100_001);
  assert.equal(tokenize(`${'/**/ '.repeat(100_000)}${'#\n'.repeat(100_000)}1`).length, 2);
  assert.equal(tokenize(`|||\n${' a\n'.repeat(100_000)}|||`)[0]?.text.length, 200_000);
});
