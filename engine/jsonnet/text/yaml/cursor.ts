import { failYaml } from './yaml-failure.js';

const NUL = 0;
const TAB = 9;
const LINE_FEED = 10;
const RETURN = 13;
const SPACE = 32;
const NEXT_LINE = 0x85;
const LINE_SEPARATOR = 0x2028;
const PARAGRAPH_SEPARATOR = 0x2029;

/** What no YAML may contain, so that NUL can stand for the end. */
const FORBIDDEN = /[^\t\n\r\u0020-\u007e\u0085\u00a0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;

/** A place in a document that moves forward. Columns count UTF-16 units: nothing is indented by more than spaces. */
export class Cursor {
  readonly text: string;
  position = 0;
  line = 0;
  #lineStart = 0;

  constructor(document: string) {
    const text = document.replace(/^\ufeff{1,2}/, '');
    if (FORBIDDEN.test(text)) failYaml('control characters are not allowed');
    this.text = `${text}\0\0\0\0`;
  }

  get column(): number {
    return this.position - this.#lineStart;
  }

  /** The unit so far ahead. */
  code(ahead = 0): number {
    return this.text.charCodeAt(this.position + ahead);
  }

  /** Whether the character, a single unit, is so far ahead. */
  is(character: string, ahead = 0): boolean {
    return this.text[this.position + ahead] === character;
  }

  isEnd(): boolean {
    return this.code() === NUL;
  }

  /** Space or tab. */
  isBlank(ahead = 0): boolean {
    const code = this.code(ahead);
    return code === SPACE || code === TAB;
  }

  isBreak(ahead = 0): boolean {
    const code = this.code(ahead);
    if (code < SPACE) return code === LINE_FEED || code === RETURN;
    return code === NEXT_LINE || code === LINE_SEPARATOR || code === PARAGRAPH_SEPARATOR;
  }

  isBreakOrEnd(ahead = 0): boolean {
    return this.isBreak(ahead) || this.code(ahead) === NUL;
  }

  isBlankOrEnd(ahead = 0): boolean {
    return this.isBlank(ahead) || this.isBreakOrEnd(ahead);
  }

  /** Whether a line begins here with `---` or `...` and nothing but a blank after it. */
  isDocumentMark(): boolean {
    return this.column === 0 && (this.#startsWith('---') || this.#startsWith('...')) && this.isBlankOrEnd(3);
  }

  skip(units = 1): void {
    this.position += units;
  }

  skipBlanks(): void {
    while (this.isBlank()) this.position++;
  }

  /** Skips a comment, if there is one, up to the end of its line. */
  skipComment(): void {
    if (this.is('#')) while (!this.isBreakOrEnd()) this.position++;
  }

  /** Moves to the next line, and gives the break as it counts in a text; none where there is no break. */
  readBreak(): string {
    if (!this.isBreak()) return '';
    const code = this.code();
    this.position += code === RETURN && this.code(1) === LINE_FEED ? 2 : 1;
    this.line++;
    this.#lineStart = this.position;
    return code === LINE_SEPARATOR || code === PARAGRAPH_SEPARATOR ? String.fromCharCode(code) : '\n';
  }

  /** Takes what the pattern, which is sticky, matches here. */
  take(pattern: RegExp): string {
    pattern.lastIndex = this.position;
    const taken = pattern.exec(this.text)?.[0] ?? '';
    this.position += taken.length;
    return taken;
  }

  #startsWith(mark: string): boolean {
    return this.text.startsWith(mark, this.position);
  }
}
