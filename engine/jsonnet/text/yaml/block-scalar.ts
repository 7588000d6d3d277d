import type { Cursor } from './cursor.js';
import { failYaml } from './yaml-failure.js';

const REST_OF_LINE = /[^\r\n\u0085\u2028\u2029\0]*/y;

/** Reads a literal (`|`) or folded (`>`) text. `parent` is the indentation of the collection that it is in. */
export function scanBlockScalar(cursor: Cursor, isLiteral: boolean, parent: number): string {
  const start = cursor.line;
  cursor.skip();
  const { chomping, increment } = scanHeader(cursor, start);
  let indent = increment > 0 ? Math.max(parent, 0) + increment : 0;
  const first = scanBreaks(cursor, indent, parent, start);
  ({ indent } = first);
  let trailing = first.breaks;
  let leading = '';
  let wasBlank = false;
  let text = '';
  while (cursor.column === indent && !cursor.isEnd()) {
    const isBlank = cursor.isBlank();
    const isFolded = !isLiteral && !wasBlank && !isBlank && leading === '\n';
    if (!isFolded) text += leading;
    else if (trailing === '') text += ' ';
    text += trailing;
    wasBlank = isBlank;
    text += cursor.take(REST_OF_LINE);
    leading = cursor.readBreak();
    trailing = scanBreaks(cursor, indent, parent, start).breaks;
  }
  if (chomping !== '-') text += leading;
  return chomping === '+' ? text + trailing : text;
}

/** Chomping and indentation, in either order, up to the end of the line. */
function scanHeader(cursor: Cursor, start: number): { readonly chomping: string; readonly increment: number } {
  const match = cursor.take(/[-+][0-9]?|[0-9][-+]?/y);
  if (match.includes('0')) failYaml('found an indentation indicator equal to 0', start);
  cursor.skipBlanks();
  cursor.skipComment();
  if (!cursor.isBreakOrEnd()) failYaml('did not find expected comment or line break', start);
  cursor.readBreak();
  return { chomping: /[-+]/.exec(match)?.[0] ?? '', increment: Number(/[1-9]/.exec(match)?.[0] ?? 0) };
}

/** Skips indentation and reads breaks up to the next line that is not empty, which says the indentation if unknown. */
function scanBreaks(
  cursor: Cursor,
  indent: number,
  parent: number,
  start: number,
): { readonly breaks: string; readonly indent: number } {
  let breaks = '';
  let deepest = 0;
  for (;;) {
    while ((indent === 0 || cursor.column < indent) && cursor.is(' ')) cursor.skip();
    deepest = Math.max(deepest, cursor.column);
    if ((indent === 0 || cursor.column < indent) && cursor.is('\t')) {
      failYaml('found a tab character where an indentation space is expected', start);
    }
    if (!cursor.isBreak()) break;
    breaks += cursor.readBreak();
  }
  return { breaks, indent: indent === 0 ? Math.max(deepest, parent + 1, 1) : indent };
}
