import type { Span } from './source.js';

const KEYWORDS = [
  'assert',
  'else',
  'error',
  'false',
  'for',
  'function',
  'if',
  'import',
  'importstr',
  'importbin',
  'in',
  'local',
  'null',
  'self',
  'super',
  'tailstrict',
  'then',
  'true',
] as const;

type Keyword = (typeof KEYWORDS)[number];
type Mark = '{' | '}' | '[' | ']' | '(' | ')' | ',' | '.' | ';' | '$';

/** What a token is: a mark or a keyword stands for itself. */
export type TokenKind = Mark | Keyword | 'identifier' | 'number' | 'operator' | 'string' | 'end of file';

/** One word of a program. */
export interface Token extends Span {
  readonly kind: TokenKind;
  /** The name, the operator, the digits, or what the text literal says. */
  readonly text: string;
  /** Whether it is a text block: those may not name an import. */
  readonly block?: boolean;
}

const keywords: ReadonlySet<string> = new Set(KEYWORDS);

/** Whether a word has a meaning of its own, and so is no name. */
export function isKeyword(word: string): word is Keyword {
  return keywords.has(word);
}

/** Whether `text` may be written as a name, without quotes. */
export function isIdentifier(text: string): boolean {
  return /^[A-Za-z_]\w*$/.test(text) && !isKeyword(text);
}

/** How messages call a token. */
export function describeToken({ kind, text }: Token): string {
  if (kind === 'end of file') return kind;
  if (kind === 'string') return `the text ${JSON.stringify(text)}`;
  return kind === text ? `"${kind}"` : `${kind} ${text}`;
}
