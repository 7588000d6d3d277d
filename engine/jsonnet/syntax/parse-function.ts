import type { Bind, FunctionNode, Parameter } from './ast.js';
import type { Cursor } from './cursor.js';
import type { Span } from './source.js';

/** More parameters are no function of JavaScript. */
const MOST_PARAMETERS = 10_000;

/** `(parameters)` of the function that begins at `from`. */
export function parseParameters(cursor: Cursor, from: Span): readonly Parameter[] {
  cursor.expect('(');
  const names = new Set<string>();
  const parameters = cursor.list(')', (): Parameter => {
    const { text: name, start, end } = cursor.expect('identifier');
    if (names.has(name)) cursor.refuse(`there are two parameters ${name}`, { start: from.start, end });
    names.add(name);
    if (names.size > MOST_PARAMETERS) cursor.refuse(`a function has at most ${MOST_PARAMETERS} parameters`, from);
    const defaultValue = cursor.accept('operator', '=') === undefined ? undefined : cursor.expression();
    return { name, defaultValue, start, end: defaultValue?.end ?? end };
  });
  cursor.expect(')');
  return parameters;
}

/** A function whose parameters have been read; `from` is where the whole of it begins. */
export function functionOf(parameters: readonly Parameter[], from: Span, cursor: Cursor): FunctionNode {
  const body = cursor.expression();
  return { type: 'function', parameters, body, start: from.start, end: body.end };
}

/** `name = value` or `name(parameters) = body`, of a name that `taken` does not have yet. */
export function parseBind(cursor: Cursor, taken: Set<string>): Bind {
  const nameSpan = cursor.expect('identifier');
  const { text: name, start, end } = nameSpan;
  if (taken.has(name)) cursor.refuse(`there are two locals ${name}`, { start, end });
  taken.add(name);
  const parameters = cursor.sees('(') ? parseParameters(cursor, nameSpan) : undefined;
  cursor.expect('operator', '=');
  const value = parameters === undefined ? cursor.expression() : functionOf(parameters, nameSpan, cursor);
  return { name, nameSpan: { start, end }, value, start, end: value.end };
}
