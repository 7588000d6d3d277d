import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Node } from '#jsonnet/syntax/ast.js';
import { parse } from '#jsonnet/syntax/parse.js';
import { SyntaxFailure } from '#jsonnet/syntax/source.js';

/** The expression with every operator in parentheses. */
function grouped(node: Node): string {
  switch (node.type) {
    case 'binary':
      return `(${grouped(node.left)}${node.operator}${grouped(node.right)})`;
    case 'unary':
      return `(${node.operator}${grouped(node.operand)})`;
    case 'in super':
      return `(${grouped(node.index)} in super)`;
    case 'index':
      return `${grouped(node.target)}[${grouped(node.index)}]`;
    case 'apply':
      return `${grouped(node.target)}(${node.positional.map(grouped)})`;
    case 'literal':
      return JSON.stringify(node.value);
    case 'variable':
      return node.name;
    default:
      return node.type;
  }
}

const GROUPS: readonly (readonly [text: string, groups: string])[] = [
  ['a * b + c', '((a*b)+c)'],
  ['a + b * c', '(a+(b*c))'],
  ['a - b - c', '((a-b)-c)'],
  ['a << b + c', '(a<<(b+c))'],
  ['a < b << c', '(a<(b<<c))'],
  ['a == b < c', '(a==(b<c))'],
  ['a & b == c', '(a&(b==c))'],
  ['a ^ b & c', '(a^(b&c))'],
  ['a | b ^ c', '(a|(b^c))'],
  ['a && b | c', '(a&&(b|c))'],
  ['a || b && c', '(a||(b&&c))'],
  ['-a.b', '(-a["b"])'],
  ['-a(b)', '(-a(b))'],
  ['!a == b', '((!a)==b)'],
  ['- - a', '(-(-a))'],
  ['a in b == c', '((ainb)==c)'],
  ['a { b: 1 }.c', '(a+object)["c"]'],
];

test('operators bind as tight as they should', () => {
  for (const [text, groups] of GROUPS) {
    assert.equal(grouped(parse(text)), groups, text);
  }
  assert.equal(grouped(parse("'x' in super == a")), '(("x" in super)==a)');
});

const SPANS: readonly (readonly [text: string, part: string])[] = [
  [' 1 + 2 ', '1 + 2'],
  ['(1 + 2)', '1 + 2'],
  ['((1) + 2).x', '((1) + 2).x'],
  ['a.b.c', 'a.b.c'],
  ['a[1:2]', 'a[1:2]'],
  ['f(1)(2) tailstrict', 'f(1)(2)'],
  ['-x', '-x'],
  ['[1, 2,]', '[1, 2,]'],
  ['{ a: 1, }', '{ a: 1, }'],
  ['[x for x in y]', '[x for x in y]'],
  ['local a = 1; a', 'local a = 1; a'],
  ['if a then b else c', 'if a then b else c'],
  ['function(x) x', 'function(x) x'],
  ["error 'x'", "error 'x'"],
  ['assert a : b; c', 'assert a : b; c'],
  ["import 'x'", "import 'x'"],
];

test('an expression knows where it begins and ends', () => {
  for (const [text, part] of SPANS) {
    const { start, end } = parse(text);
    assert.equal(text.slice(start, end), part, text);
  }
});

/** Nested as deep as nobody writes: what begins, what is inside, what ends, and the step that is refused. */
const DEEP: readonly (readonly [open: string, inside: string, close: string])[] = [
  ['(', '1', ')'],
  ['[', '', ']'],
  ['{a:', '1', '}'],
  ['f(', '1', ')'],
  ['a[', '1', ']'],
  ['- ', '1', ''],
  ['!', '1', ''],
  ['1+(', '1', ')'],
  ['if a then ', '1', ''],
  ['if a then b else ', '1', ''],
  ['function(x) ', '1', ''],
  ['error ', '1', ''],
  ['assert a;', '1', ''],
  ['local a=', '1', ';a'],
  ['[x for x in ', '1', ']'],
  ['{[x]:', '1', ' for x in y}'],
  ['a{b:', '1', '}'],
  ['import ', '"x"', ''],
];

test('a hundred thousand of every bracket is refused, and so are brackets that never end', () => {
  for (const [open, inside, close] of DEEP) {
    for (const text of [open.repeat(100_000) + inside + close.repeat(100_000), open.repeat(5000)]) {
      assert.throws(() => parse(text), SyntaxFailure, open);
    }
    assert.doesNotThrow(
      () => (open === 'import ' ? undefined : parse(open.repeat(100) + inside + close.repeat(100))),
      open,
    );
  }
});

test('a hundred thousand of what is beside each other is read', () => {
  const numbers = Array.from({ length: 100_000 }, (_, index) => index);
  const long = [
    `1${'+1'.repeat(100_000)}`,
    `a${'{}'.repeat(100_000)}`,
    `[${'1,'.repeat(100_000)}]`,
    `f(${'1,'.repeat(100_000)})`,
    `{${numbers.map((index) => `a${index}:1`)}}`,
    `local ${numbers.map((index) => `a${index}=1`)};1`,
    `${'local a=1;'.repeat(100_000)}1`,
  ];
  for (const text of long) assert.equal(parse(text).end, text.length, text.slice(0, 20));
});

test('too many fields, indexes and calls of one value are refused: code of each is inside that of the next', () => {
  for (const suffix of ['.a', '[0]', '()', '[1:2]']) {
    assert.throws(() => parse(`a${suffix.repeat(501)}`), SyntaxFailure, suffix);
    assert.doesNotThrow(() => parse(`a${suffix.repeat(500)}`), suffix);
  }
});

test('too many parameters, and too many clauses of a comprehension, are refused', () => {
  const parameters = Array.from({ length: 20_000 }, (_, index) => `a${index}`);
  assert.throws(() => parse(`function(${parameters}) 1`), SyntaxFailure);
  assert.throws(() => parse(`[1 ${'for x in y '.repeat(2000)}]`), SyntaxFailure);
  assert.throws(() => parse(`[1 for x in y ${'if z '.repeat(100_000)}]`), SyntaxFailure);
  assert.doesNotThrow(() => parse(`[1 ${'for x in y '.repeat(100)}]`));
});
