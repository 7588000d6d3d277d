/** A text with a name. Offsets into it count UTF-16 units from 0. */
export interface Source {
  readonly path: string;
  readonly text: string;
}

/** A part of a source: from `start` up to, not including, `end`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Where a value comes from: the expression that gave it. */
export interface Origin extends Span {
  readonly file: string;
  /** The object or array literal that the expression stands in: of several that are laid over each other, the one that won. */
  readonly literal: Span;
}

/** A place for people: line and column count from 1, columns in UTF-16 units. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

/** Where `span` is in `source`. */
export function placeOf({ path, text }: Source, { start, end }: Span): Place {
  const [line, column] = lineAndColumn(text, start);
  const [endLine, endColumn] = lineAndColumn(text, end);
  return { file: path, line, column, endLine, endColumn };
}

function lineAndColumn(text: string, offset: number): readonly [number, number] {
  let line = 1;
  let from = 0;
  for (let next = text.indexOf('\n'); next >= 0 && next < offset; next = text.indexOf('\n', from)) {
    line += 1;
    from = next + 1;
  }
  return [line, offset - from + 1];
}

/** A text that is no Jsonnet, or says something that can never be right. */
export class SyntaxFailure extends Error {
  override readonly name = 'SyntaxFailure';
  readonly span: Span;

  constructor(message: string, span: Span) {
    super(message);
    this.span = span;
  }
}
