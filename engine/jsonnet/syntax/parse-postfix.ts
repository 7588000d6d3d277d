import type { Apply, Node } from './ast.js';
import type { Cursor } from './cursor.js';
import { parseObject } from './parse-object.js';
import { parseValue } from './parse-value.js';
import { describeToken } from './token.js';

/** Suffixes of one value, at most: each is code inside the code of the next. */
const LONGEST = 500;

/** A value and all that follows it without an operator: fields, indexes, slices, calls and objects laid over it. */
export function parsePostfix(cursor: Cursor): Node {
  const { start } = cursor.peek();
  let node = parseValue(cursor);
  for (let count = 0; ; count += node.type === 'binary' ? 0 : 1) {
    const next = suffix(cursor, node, start);
    if (next === undefined) return node;
    if (count >= LONGEST) cursor.refuse(`more than ${LONGEST} fields and calls follow one value`, node);
    node = next;
  }
}

function suffix(cursor: Cursor, target: Node, start: number): Node | undefined {
  const token = cursor.peek();
  switch (token.kind) {
    case '.': {
      cursor.pop();
      const name = cursor.expect('identifier');
      const index: Node = { type: 'literal', value: name.text, start: name.start, end: name.end };
      return { type: 'index', target, index, start, end: name.end };
    }
    case '[':
      cursor.pop();
      return indexOrSlice(cursor, target, start);
    case '(':
      cursor.pop();
      return apply(cursor, target, start);
    case '{': {
      cursor.pop();
      const right = parseObject(cursor, token);
      return { type: 'binary', operator: '+', left: target, right, start, end: right.end };
    }
    default:
      return undefined;
  }
}

/** What is between brackets: up to three expressions with colons between. */
function indexOrSlice(cursor: Cursor, target: Node, start: number): Node {
  const parts: (Node | undefined)[] = [undefined, undefined, undefined];
  let colons = 0;
  while (!cursor.sees(']')) {
    const colon = cursor.accept('operator', ':') ?? cursor.accept('operator', '::');
    if (colon !== undefined) {
      colons += colon.text.length;
      if (colons > 2) cursor.refuse('a slice has two colons at most', colon);
    } else if (parts[colons] === undefined) {
      parts[colons] = cursor.expression();
    } else {
      cursor.refuse(`expected ] or a colon, got ${describeToken(cursor.peek())}`);
    }
  }
  const bracket = cursor.pop();
  const [from, to, step] = parts;
  if (colons > 0) return { type: 'slice', target, from, to, step, start, end: bracket.end };
  if (from === undefined) return cursor.refuse('an index is missing between the brackets', bracket);
  return { type: 'index', target, index: from, start, end: bracket.end };
}

function apply(cursor: Cursor, target: Node, start: number): Node {
  const positional: Node[] = [];
  const named: Apply['named'][number][] = [];
  cursor.list(')', () => {
    const first = cursor.peek();
    const second = cursor.peek(1);
    if (first.kind === 'identifier' && second.kind === 'operator' && second.text === '=') {
      cursor.pop();
      cursor.pop();
      named.push({ name: first.text, value: cursor.expression() });
    } else {
      const value = cursor.expression();
      if (named.length > 0) cursor.refuse('an argument without a name comes after one with a name', value);
      positional.push(value);
    }
  });
  const { end } = cursor.pop();
  const tailstrict = cursor.accept('tailstrict') !== undefined;
  return { type: 'apply', target, positional, named, tailstrict, start, end };
}
