import type { Node } from './ast.js';
import type { Cursor } from './cursor.js';
import { parseObject, parseSpecs } from './parse-object.js';
import { describeToken, type Token } from './token.js';

/** A value that nothing follows yet: a literal, a name, an array, an object, or anything in parentheses. */
export function parseValue(cursor: Cursor): Node {
  const token = cursor.pop();
  const { kind, text, start, end } = token;
  switch (kind) {
    case '{':
      return parseObject(cursor, token);
    case '[':
      return parseArray(cursor, start);
    case '(': {
      const inner = cursor.expression();
      cursor.expect(')');
      return inner;
    }
    case 'number':
      return { type: 'literal', value: Number(text), start, end };
    case 'string':
      return { type: 'literal', value: text, start, end, ...(token.block === true ? { block: true } : {}) };
    case 'true':
    case 'false':
      return { type: 'literal', value: kind === 'true', start, end };
    case 'null':
      return { type: 'literal', value: null, start, end };
    case '$':
      return { type: 'dollar', start, end };
    case 'identifier':
      return { type: 'variable', name: text, start, end };
    case 'self':
      return { type: 'self', start, end };
    case 'super':
      return parseSuper(cursor, token);
    default:
      return cursor.refuse(`expected a value, got ${describeToken(token)}`, token);
  }
}

function parseArray(cursor: Cursor, start: number): Node {
  const elements: Node[] = [];
  while (!cursor.sees(']')) {
    elements.push(cursor.expression());
    const comma = cursor.accept(',') !== undefined;
    const [body] = elements;
    if (cursor.sees('for') && body !== undefined) {
      if (elements.length > 1) cursor.refuse('an array comprehension has one element');
      const specs = parseSpecs(cursor);
      return { type: 'array comprehension', body, specs, start, end: cursor.expect(']').end };
    }
    if (!comma) break;
  }
  const bracket = cursor.accept(']') ?? cursor.refuse(`expected a comma or ], got ${describeToken(cursor.peek())}`);
  return { type: 'array', elements, start, end: bracket.end };
}

function parseSuper(cursor: Cursor, { start, end }: Token): Node {
  if (cursor.accept('.') !== undefined) {
    const name = cursor.expect('identifier');
    const index: Node = { type: 'literal', value: name.text, start: name.start, end: name.end };
    return { type: 'super index', index, start, end: name.end };
  }
  if (cursor.accept('[') === undefined) cursor.refuse('super is followed by a field: super.name', { start, end });
  const index = cursor.expression();
  return { type: 'super index', index, start, end: cursor.expect(']').end };
}
