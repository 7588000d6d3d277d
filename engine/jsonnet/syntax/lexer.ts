import { SyntaxFailure } from './source.js';
import { textBlock, unescaped } from './text-literal.js';
import { isKeyword, type Token, type TokenKind } from './token.js';

const SPACE = /(?:[ \t\r\n]+|\/\/[^\n]*|#[^\n]*|\/\*[\s\S]*?\*\/)*/y;
const WORD = /[A-Za-z_]\w*/y;
const NUMBER = /(?:0|[1-9](?:_?\d)*)(?:\.\d(?:_?\d)*)?(?:[eE][+-]?\d(?:_?\d)*)?/y;
/** Longer runs are no operator, and mean the same cut into pieces; whoever looked at the rest each time would not end. */
const OPERATOR = /[!$:~+\-&|^=<>*/%]{1,64}/y;
// Loops of one class, not of alternatives: a long text would not fit onto the stack of those.
const QUOTED = { '"': /"[^"\\]*(?:\\[\s\S][^"\\]*)*"/y, "'": /'[^'\\]*(?:\\[\s\S][^'\\]*)*'/y };
const VERBATIM = { '"': /@"[^"]*(?:""[^"]*)*"(?!")/y, "'": /@'[^']*(?:''[^']*)*'(?!')/y };

/** The words of a program, in order; the last one is the end of the file. Throws SyntaxFailure. */
export function tokenize(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  for (;;) {
    at += lengthAt(SPACE, text, at);
    if (at >= text.length) break;
    const token = tokenAt(text, at);
    tokens.push(token);
    at = token.end;
  }
  tokens.push({ kind: 'end of file', text: '', start: text.length, end: text.length });
  return tokens;
}

function lengthAt(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0].length ?? 0;
}

function tokenAt(text: string, start: number): Token {
  const first = text[start] ?? '';
  if ('{}[](),.;'.includes(first)) return { kind: first as TokenKind, text: first, start, end: start + 1 };
  if (/[A-Za-z_]/.test(first)) return word(text, start);
  if (/\d/.test(first)) return numeral(text, start);
  if (first === '"' || first === "'") return quoted(text, start, first);
  if (first === '@') return verbatim(text, start);
  if (text.startsWith('|||', start)) return block(text, start);
  if (text.startsWith('/*', start)) refuse('a comment has no end: */', start);
  return operator(text, start);
}

function word(text: string, start: number): Token {
  const end = start + lengthAt(WORD, text, start);
  const name = text.slice(start, end);
  return { kind: isKeyword(name) ? name : 'identifier', text: name, start, end };
}

function numeral(text: string, start: number): Token {
  const end = start + lengthAt(NUMBER, text, start);
  const digits = text.slice(start, end);
  const wrong = /^(?:_|\.|[eE][+-]?)/.exec(text.slice(end, end + 2))?.[0];
  if (wrong !== undefined && continues(digits, wrong)) {
    if (digits === '0' && wrong === '_') refuse('nothing follows a leading 0 but a fraction or an exponent', end);
    refuse(`a number goes on with digits after ${wrong}`, end + wrong.length);
  }
  return { kind: 'number', text: digits.replaceAll('_', ''), start, end };
}

/** Whether a number that got so far takes what follows as part of it, so that digits are missing. */
function continues(digits: string, next: string): boolean {
  const hasExponent = /[eE]/.test(digits);
  if (next === '_') return true;
  return next === '.' ? !hasExponent && !digits.includes('.') : !hasExponent;
}

function quoted(text: string, start: number, quote: '"' | "'"): Token {
  const end = start + lengthAt(QUOTED[quote], text, start);
  if (end === start) refuse('a text has no end', start);
  return { kind: 'string', text: unescaped(text.slice(start + 1, end - 1), { start, end }), start, end };
}

function verbatim(text: string, start: number): Token {
  const quote = text[start + 1];
  if (quote !== '"' && quote !== "'") return refuse('@ is followed by a text in quotes', start);
  const end = start + lengthAt(VERBATIM[quote], text, start);
  if (end === start) refuse('a text has no end', start);
  return { kind: 'string', text: text.slice(start + 2, end - 1).replaceAll(quote + quote, quote), start, end };
}

function block(text: string, start: number): Token {
  const chomped = text[start + 3] === '-';
  const { text: said, end } = textBlock(text, start, start + (chomped ? 4 : 3));
  return { kind: 'string', text: chomped ? said.slice(0, -1) : said, start, end, block: true };
}

/**
 * The longest run of symbols is one operator, up to a slash or || that is not its beginning. Of a run that ends in a sign only the
 * first symbol is one: `a==-b` is no program, in go-jsonnet as here.
 */
function operator(text: string, start: number): Token {
  let end = start + lengthAt(OPERATOR, text, start);
  if (end === start)
    refuse(`no word begins with ${JSON.stringify(String.fromCodePoint(text.codePointAt(start) ?? 0))}`, start);
  const stop = /(?!^)(?:\/|\|\|)/.exec(text.slice(start, end));
  if (stop !== null) end = start + stop.index;
  if ('+-~!$'.includes(text[end - 1] ?? '')) end = start + 1;
  const symbols = text.slice(start, end);
  return { kind: symbols === '$' ? '$' : 'operator', text: symbols, start, end };
}

function refuse(message: string, at: number): never {
  throw new SyntaxFailure(message, { start: at, end: at + 1 });
}
