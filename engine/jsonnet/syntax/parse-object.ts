import type { Bind, ComprehensionSpec, Field, Node, ObjectAssert, Visibility } from './ast.js';
import type { Cursor } from './cursor.js';
import { functionOf, parseBind, parseParameters } from './parse-function.js';
import type { Span } from './source.js';
import { describeToken, type Token } from './token.js';

const VISIBILITIES: { readonly [colons: string]: Visibility } = { ':': 'inherit', '::': 'hidden', ':::': 'visible' };

interface Members {
  readonly fields: Field[];
  readonly locals: Bind[];
  readonly asserts: ObjectAssert[];
}

/** What follows a brace: an object, or the comprehension of one. */
export function parseObject(cursor: Cursor, { start }: Token): Node {
  const members: Members = { fields: [], locals: [], asserts: [] };
  const names = new Set<string>();
  const locals = new Set<string>();
  while (!cursor.sees('}') && !cursor.sees('for')) {
    parseMember(cursor, members, { names, locals });
    if (cursor.accept(',') === undefined) break;
  }
  if (cursor.sees('for')) return comprehension(cursor, members, start);
  const brace = cursor.accept('}') ?? cursor.refuse(`expected a comma or }, got ${describeToken(cursor.peek())}`);
  return { type: 'object', ...members, start, end: brace.end };
}

function parseMember(
  cursor: Cursor,
  members: Members,
  taken: { readonly names: Set<string>; readonly locals: Set<string> },
): void {
  if (cursor.accept('local') !== undefined) {
    members.locals.push(parseBind(cursor, taken.locals));
    return;
  }
  const word = cursor.accept('assert');
  if (word !== undefined) {
    const condition = cursor.expression();
    const message = cursor.accept('operator', ':') === undefined ? undefined : cursor.expression();
    members.asserts.push({ condition, message, start: word.start, end: (message ?? condition).end });
    return;
  }
  members.fields.push(parseField(cursor, taken.names));
}

function parseField(cursor: Cursor, names: Set<string>): Field {
  const first = cursor.pop();
  const name = fieldName(cursor, first);
  const parameters = cursor.sees('(') ? parseParameters(cursor, first) : undefined;
  const operator = cursor.expect('operator');
  const plus = operator.text.startsWith('+');
  const visibility = VISIBILITIES[plus ? operator.text.slice(1) : operator.text];
  if (visibility === undefined) {
    return cursor.refuse(`expected one of : :: ::: +: +:: +:::, got ${operator.text}`, operator);
  }
  if (plus && parameters !== undefined) cursor.refuse('a method cannot add to another: +: is for values', first);
  if (first.kind !== '[') {
    if (names.has(first.text)) cursor.refuse(`there are two fields ${first.text}`, first);
    names.add(first.text);
  }
  const body = parameters === undefined ? cursor.expression() : functionOf(parameters, first, cursor);
  return { name, visibility, plus, body, start: first.start, end: body.end };
}

function fieldName(cursor: Cursor, first: Token): Node {
  if (first.kind === 'identifier' || first.kind === 'string') {
    return { type: 'literal', value: first.text, start: first.start, end: first.end };
  }
  if (first.kind !== '[') return cursor.refuse(`expected a field, got ${describeToken(first)}`, first);
  const name = cursor.expression();
  cursor.expect(']');
  return name;
}

function comprehension(cursor: Cursor, { fields, locals, asserts }: Members, start: number): Node {
  const where = cursor.peek();
  const [field] = fields;
  if (asserts.length > 0) cursor.refuse('an object comprehension has no asserts', where);
  if (field === undefined || fields.length > 1) cursor.refuse('an object comprehension has one field', where);
  const isComputed = field?.name.type !== 'literal' || field.start !== field.name.start;
  if (field?.visibility !== 'inherit')
    return cursor.refuse('the field of an object comprehension is never hidden', where);
  if (!isComputed) cursor.refuse('the field of an object comprehension has a computed name: [name]', where);
  const specs = parseSpecs(cursor);
  return { type: 'object comprehension', field, locals, specs, start, end: cursor.expect('}').end };
}

/** Loops and conditions of one comprehension: each is inside the one before. */
const MOST_SPECS = 500;

/** `for x in y for z in w if v`: at least the first of them. */
export function parseSpecs(cursor: Cursor): readonly ComprehensionSpec[] {
  const specs: ComprehensionSpec[] = [];
  for (;;) {
    if (specs.length > MOST_SPECS) cursor.refuse(`a comprehension has at most ${MOST_SPECS} loops and conditions`);
    if (cursor.accept('for') !== undefined) {
      const { text: name, start, end } = cursor.expect('identifier');
      cursor.expect('in');
      specs.push({ type: 'for', name, nameSpan: span(start, end), from: cursor.expression() });
    } else if (specs.length > 0 && cursor.accept('if') !== undefined) {
      specs.push({ type: 'if', condition: cursor.expression() });
    } else if (specs.length === 0) {
      cursor.expect('for');
    } else {
      return specs;
    }
  }
}

function span(start: number, end: number): Span {
  return { start, end };
}
