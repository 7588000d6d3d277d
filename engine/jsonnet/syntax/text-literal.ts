import { type Span, SyntaxFailure } from './source.js';

const ESCAPES: { readonly [letter: string]: string } = {
  '"': '"',
  "'": "'",
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

/** What the inside of a quoted literal says. `span` is that of the whole literal, for messages. */
export function unescaped(raw: string, span: Span): string {
  if (!raw.includes('\\')) return raw;
  const refuse = (message: string): never => {
    throw new SyntaxFailure(message, span);
  };
  const unit = (at: number): number => {
    const digits = raw.slice(at, at + 4);
    if (/^[0-9a-fA-F]{4}$/.test(digits)) return Number.parseInt(digits, 16);
    return refuse(`\\u needs four hexadecimal digits, not ${JSON.stringify(digits)}`);
  };
  let text = '';
  let from = 0;
  for (let at = raw.indexOf('\\'); at >= 0; at = raw.indexOf('\\', from)) {
    text += raw.slice(from, at);
    const letter = raw[at + 1] ?? '';
    if (letter !== 'u') {
      text += ESCAPES[letter] ?? refuse(`there is no escape \\${letter}`);
      from = at + 2;
      continue;
    }
    const high = unit(at + 2);
    from = at + 6;
    if (high < 0xd800 || high > 0xdfff) {
      text += String.fromCharCode(high);
      continue;
    }
    if (raw.slice(from, from + 2) !== '\\u') refuse('half of a surrogate pair: the other half must follow as \\uXXXX');
    text += pair(high, unit(from + 2));
    from += 6;
  }
  return text + raw.slice(from);
}

/** Two halves that do not belong together are one replacement character, as they are in UTF-8. */
function pair(high: number, low: number): string {
  const belong = high < 0xdc00 && low >= 0xdc00 && low <= 0xdfff;
  return belong ? String.fromCharCode(high, low) : '\ufffd';
}

/** What a text block says, and where it ends. `from` is just after its `|||` or `|||-`. */
export function textBlock(
  source: string,
  start: number,
  from: number,
): { readonly text: string; readonly end: number } {
  const span = { start, end: start + 3 };
  const open = /[ \t\r]*\n/y;
  open.lastIndex = from;
  if (!open.test(source)) throw new SyntaxFailure('a text block begins on the line after its |||', span);
  let text = '';
  let at = open.lastIndex;
  const skipEmptyLines = (): void => {
    while (source[at] === '\n') {
      text += '\n';
      at += 1;
    }
  };
  skipEmptyLines();
  const indent = /[ \t]*/y;
  indent.lastIndex = at;
  const [margin = ''] = indent.exec(source) ?? [];
  if (margin === '') throw new SyntaxFailure('the first line of a text block is indented', span);
  while (source.startsWith(margin, at)) {
    const newline = source.indexOf('\n', at);
    if (newline < 0) throw new SyntaxFailure('a text block has no end: |||', span);
    text += source.slice(at + margin.length, newline + 1);
    at = newline + 1;
    skipEmptyLines();
  }
  indent.lastIndex = at;
  indent.test(source);
  if (source.startsWith('|||', indent.lastIndex)) return { text, end: indent.lastIndex + 3 };
  throw new SyntaxFailure('a text block ends with ||| on a line of its own, indented less than its text', span);
}
