import { parseAddress } from './net-address.js';

/** Characters of a word without quotes, with dots; of a text in quotes; and of an address in brackets. */
const [ATOM, QUOTED, LITERAL] = [
  /[!#-'*+\-./0-9=?A-Z^-~\x80-\uffff]*/y,
  /[!#-[\]-~\x80-\uffff \t]*/y,
  /[!-Z^-~\x80-\uffff]*/y,
];
const SPACES = /[ \t]*/y;
const ENCODED = /^=\?([^?]+)\?([^?])\?([^?]*)\?=$/;
const ENCODINGS: Readonly<Record<string, RegExp>> = {
  q: /^(?:=[\da-f]{2}|[\t\n\r -<>-~])*$/i,
  b: /^(?:[a-z\d+/]{4})*(?:[a-z\d+/]{2}==|[a-z\d+/]{3}=)?$/i,
};
const CHARSETS: ReadonlySet<string> = new Set(['utf-8', 'iso-8859-1', 'us-ascii']);

/** The text is no mail address. */
class NoAddress extends Error {}

/** Whether a text is one mail address, perhaps with a name and comments. @see ParseAddress of Go's package net/mail */
export function isMailAddress(text: string): boolean {
  try {
    new Parser(text).single();
    return true;
  } catch (error) {
    if (!(error instanceof NoAddress)) throw error;
    return false;
  }
}

class Parser {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  single(): void {
    const count = this.#address(true);
    this.#skipComments();
    if (this.#at < this.#text.length || count !== 1) throw new NoAddress();
  }

  #peek(): string | undefined {
    return this.#text[this.#at];
  }

  #take(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0] ?? '';
    this.#at += found.length;
    return found;
  }

  #skips(character: string): boolean {
    if (this.#peek() !== character) return false;
    this.#at += 1;
    return true;
  }

  #expect(character: string): void {
    if (!this.#skips(character)) throw new NoAddress();
  }

  /** Reads an address, or a group of them, and tells how many there were. */
  #address(mayBeGroup: boolean): number {
    this.#take(SPACES);
    if (this.#isPlainAddress()) {
      this.#take(SPACES);
      if (this.#peek() === '(') this.#nameInComment();
      return 1;
    }
    if (this.#peek() !== '<') this.#name();
    this.#take(SPACES);
    if (mayBeGroup && this.#skips(':')) return this.#group();
    this.#expect('<');
    this.#plainAddress();
    this.#expect('>');
    return 1;
  }

  #isPlainAddress(): boolean {
    const start = this.#at;
    try {
      this.#plainAddress();
      return true;
    } catch (error) {
      if (!(error instanceof NoAddress)) throw error;
      this.#at = start;
      return false;
    }
  }

  #plainAddress(): void {
    this.#take(SPACES);
    if (this.#peek() !== '"') this.#strictAtom();
    else if (this.#quoted() === '') throw new NoAddress();
    this.#expect('@');
    this.#take(SPACES);
    if (this.#skips('[')) this.#literal();
    else this.#strictAtom();
  }

  #atom(): string {
    const atom = this.#take(ATOM);
    if (atom === '') throw new NoAddress();
    return atom;
  }

  #strictAtom(): void {
    const atom = this.#atom();
    if (atom.startsWith('.') || atom.endsWith('.') || atom.includes('..')) throw new NoAddress();
  }

  #quoted(): string {
    this.#expect('"');
    let text = this.#take(QUOTED);
    while (this.#skips('\\')) {
      const escaped = this.#peek();
      if (escaped === undefined || /[\0-\x08\n-\x1f\x7f]/.test(escaped)) throw new NoAddress();
      this.#at += 1;
      text += escaped + this.#take(QUOTED);
    }
    this.#expect('"');
    return text;
  }

  #literal(): void {
    const address = this.#take(LITERAL);
    this.#expect(']');
    if (parseAddress(address) === undefined) throw new NoAddress();
  }

  /** At least one word. What follows the words and is none is left to whoever reads on. */
  #name(): void {
    let count = 0;
    let isAfterEncoded = false;
    for (;;) {
      // Between encoded words Go takes no comments.
      if (count > 0) this.#skipComments();
      this.#take(SPACES);
      if (this.#peek() === undefined) return;
      try {
        const isEncoded = this.#isEncodedWord();
        if (isEncoded) isAfterEncoded = true;
        else count += 1;
      } catch (error) {
        if (!(error instanceof NoAddress) || (count === 0 && !isAfterEncoded)) throw error;
        return;
      }
    }
  }

  #isEncodedWord(): boolean {
    if (this.#peek() !== '"') return isEncoded(this.#atom());
    this.#quoted();
    return false;
  }

  #group(): number {
    this.#take(SPACES);
    let count = 0;
    while (!this.#skips(';')) {
      if (count > 0) this.#expect(',');
      this.#take(SPACES);
      count += this.#address(false);
      this.#skipComments();
    }
    this.#skipComments();
    return count;
  }

  #skipComments(): void {
    this.#take(SPACES);
    while (this.#peek() === '(') {
      this.#comment();
      this.#take(SPACES);
    }
  }

  #nameInComment(): void {
    for (const word of this.#comment().split(/[ \t]+/)) isEncoded(word);
  }

  /** A comment in parentheses, with others in it. */
  #comment(): string {
    let [text, depth] = ['', 0];
    do {
      let character = this.#peek();
      const isEscaped = character === '\\' && this.#at + 1 < this.#text.length;
      if (isEscaped) character = this.#text[this.#at + 1];
      if (character === undefined) throw new NoAddress();
      if (!isEscaped && character === '(') depth += 1;
      if (!isEscaped && character === ')') depth -= 1;
      text += character;
      this.#at += isEscaped ? 2 : 1;
    } while (depth > 0);
    return text.slice(1, -1);
  }
}

/** Whether a word is encoded in a way that Go can decode. Throws NoAddress for a character set that it does not know. */
function isEncoded(word: string): boolean {
  const [, charset = '', encoding = '', text = ''] = ENCODED.exec(word) ?? [];
  if (charset === '' || !ENCODINGS[encoding.toLowerCase()]?.test(text)) return false;
  if (!CHARSETS.has(charset.toLowerCase())) throw new NoAddress();
  return true;
}
