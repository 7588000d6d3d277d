import type { BinaryOperator, Import, Local, Node, Unary } from './ast.js';
import { Cursor } from './cursor.js';
import { tokenize } from './lexer.js';
import { functionOf, parseBind, parseParameters } from './parse-function.js';
import { parsePostfix } from './parse-postfix.js';
import { describeToken } from './token.js';

/** The operators, those that bind tightest first. */
const PRECEDENCE: readonly (readonly BinaryOperator[])[] = [
  ['*', '/', '%'],
  ['+', '-'],
  ['<<', '>>'],
  ['<', '<=', '>', '>=', 'in'],
  ['==', '!='],
  ['&'],
  ['^'],
  ['|'],
  ['&&'],
  ['||'],
];
const LEVELS = new Map(
  PRECEDENCE.flatMap((operators, level) => operators.map((name): [string, number] => [name, level])),
);
const LOOSEST = PRECEDENCE.length - 1;

/** The expression that a program is. Throws SyntaxFailure. */
export function parse(text: string): Node {
  const cursor = new Cursor(tokenize(text), (at) => parseBinary(at, LOOSEST));
  const node = cursor.expression();
  if (!cursor.sees('end of file')) cursor.refuse(`expected the end of the file, got ${describeToken(cursor.peek())}`);
  return node;
}

/** Operands and operators that bind at least as tight as `level`. */
function parseBinary(cursor: Cursor, level: number): Node {
  const { start } = cursor.peek();
  let left = parseUnary(cursor);
  for (;;) {
    const operator = binaryOperator(cursor);
    const its = operator === undefined ? undefined : LEVELS.get(operator);
    if (operator === undefined || its === undefined || its > level) return left;
    cursor.pop();
    const above = operator === 'in' ? cursor.accept('super') : undefined;
    if (above === undefined) {
      const right = cursor.nested(() => parseBinary(cursor, its - 1));
      left = { type: 'binary', operator, left, right, start, end: right.end };
    } else {
      left = { type: 'in super', index: left, start, end: above.end };
    }
  }
}

/** The operator that comes next. A colon ends an expression: it belongs to an assert, a slice or a field. */
function binaryOperator(cursor: Cursor): BinaryOperator | undefined {
  const { kind, text } = cursor.peek();
  if (kind === 'in') return 'in';
  if (kind !== 'operator' || text === ':' || text === '::' || text === '=') return undefined;
  if (LEVELS.has(text)) return text as BinaryOperator;
  return cursor.refuse(`${text} stands between no two values`);
}

function parseUnary(cursor: Cursor): Node {
  const { kind, text, start } = cursor.peek();
  if (kind !== 'operator') return parsePrefix(cursor);
  if (!['!', '-', '+', '~'].includes(text)) cursor.refuse(`${text} stands before no value`);
  cursor.pop();
  const operand = cursor.nested(() => parseUnary(cursor));
  return { type: 'unary', operator: text as Unary['operator'], operand, start, end: operand.end };
}

/** What begins with a keyword and reaches as far as it can; anything else is a value. */
function parsePrefix(cursor: Cursor): Node {
  const first = cursor.peek();
  switch (first.kind) {
    case 'assert':
      return parseAssert(cursor);
    case 'error': {
      cursor.pop();
      const message = cursor.expression();
      return { type: 'error', message, start: first.start, end: message.end };
    }
    case 'if':
      return parseConditional(cursor);
    case 'function':
      cursor.pop();
      return functionOf(parseParameters(cursor, first), first, cursor);
    case 'import':
    case 'importstr':
    case 'importbin':
      return parseImport(cursor, first.kind);
    case 'local':
      return parseLocals(cursor);
    default:
      return parsePostfix(cursor);
  }
}

function parseAssert(cursor: Cursor): Node {
  const { start } = cursor.pop();
  const condition = cursor.expression();
  const message = cursor.accept('operator', ':') === undefined ? undefined : cursor.expression();
  cursor.expect(';');
  const body = cursor.expression();
  return { type: 'assert', condition, message, body, start, end: body.end };
}

function parseConditional(cursor: Cursor): Node {
  const { start } = cursor.pop();
  const condition = cursor.expression();
  cursor.expect('then');
  const yes = cursor.expression();
  const no = cursor.accept('else') === undefined ? undefined : cursor.expression();
  return { type: 'if', condition, yes, no, start, end: (no ?? yes).end };
}

function parseImport(cursor: Cursor, form: Import['form']): Node {
  const { start } = cursor.pop();
  const first = cursor.peek();
  const path = cursor.expression();
  if (first.kind !== 'string') cursor.refuse('an import names its file in a text, not in an expression', first);
  if (path.type !== 'literal' || typeof path.value !== 'string') {
    return cursor.refuse('an import names its file in a text, not in an expression', path);
  }
  if (path.block === true) cursor.refuse('an import names its file in a text in quotes', path);
  return { type: 'import', form, path: path.value, start, end: path.end };
}

/** Locals after locals are read in a loop: programs have hundreds of them. */
function parseLocals(cursor: Cursor): Node {
  const heads: Pick<Local, 'binds' | 'start'>[] = [];
  while (cursor.sees('local')) {
    const { start } = cursor.pop();
    const taken = new Set<string>();
    const binds = [parseBind(cursor, taken)];
    while (cursor.accept(';') === undefined) {
      if (cursor.accept(',') === undefined) cursor.refuse(`expected , or ; got ${describeToken(cursor.peek())}`);
      binds.push(parseBind(cursor, taken));
    }
    heads.push({ binds, start });
  }
  let node = cursor.expression();
  for (const { binds, start } of heads.reverse()) {
    node = { type: 'local', binds, body: node, start, end: node.end };
  }
  return node;
}
