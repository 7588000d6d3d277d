import { scanBlockScalar } from './block-scalar.js';
import type { Cursor } from './cursor.js';
import { scanPlain, scanQuoted } from './flow-scalar.js';
import { SimpleKeys } from './simple-keys.js';
import { scanAnchor, scanDirective, scanTag } from './tag.js';
import type { Mark, Token } from './token.js';
import { failYaml } from './yaml-failure.js';

/** Cuts a document into tokens, as libyaml does: what is not asked for is not looked at. */
export class Scanner {
  readonly #cursor: Cursor;
  readonly #keys: SimpleKeys;
  readonly #indents: number[] = [];
  #tokens: Token[] = [];
  #head = 0;
  /** Tokens that were taken. */
  #taken = 0;
  #indent = -1;
  #flowLevel = 0;
  #mayStartKey = true;

  constructor(cursor: Cursor) {
    this.#cursor = cursor;
    this.#keys = new SimpleKeys(cursor);
  }

  /** The next token, which stays. */
  peek(): Token {
    // A token that may begin a key is not known before what follows it is.
    while (this.#head === this.#tokens.length || this.#keys.mayBeginWith(this.#taken)) this.#fetch();
    return this.#tokens[this.#head] as Token;
  }

  /** Takes the token that was seen last. */
  skip(): void {
    this.#head++;
    this.#taken++;
    if (this.#head < 1024) return;
    this.#tokens = this.#tokens.slice(this.#head);
    this.#head = 0;
  }

  #fetch(): void {
    const cursor = this.#cursor;
    this.#skipToToken();
    this.#unroll(cursor.column);
    if (cursor.isEnd()) this.#fetchEnd();
    else if (cursor.column === 0 && cursor.is('%')) this.#fetchDirective();
    else if (cursor.isDocumentMark()) this.#fetchDocumentMark();
    else this.#fetchIndicator(cursor.text[cursor.position] ?? '');
  }

  #fetchIndicator(character: string): void {
    switch (character) {
      case '[':
        this.#fetchFlowStart('flow-sequence-start');
        break;
      case '{':
        this.#fetchFlowStart('flow-mapping-start');
        break;
      case ']':
        this.#fetchFlowEnd('flow-sequence-end');
        break;
      case '}':
        this.#fetchFlowEnd('flow-mapping-end');
        break;
      case ',':
        this.#fetchFlowEntry();
        break;
      case '-':
        if (this.#cursor.isBlankOrEnd(1)) this.#fetchBlockEntry();
        else this.#fetchPlain();
        break;
      case '?':
        if (this.#isIndicator()) this.#fetchKey();
        else this.#fetchPlain();
        break;
      case ':':
        if (this.#isIndicator()) this.#fetchValue();
        else this.#fetchPlain();
        break;
      default:
        this.#fetchContent(character);
    }
  }

  #fetchContent(character: string): void {
    const cursor = this.#cursor;
    const { line } = cursor;
    if (character === '*') this.#fetchNode(() => ({ line, type: 'alias', name: scanAnchor(cursor) }));
    else if (character === '&') this.#fetchNode(() => ({ line, type: 'anchor', name: scanAnchor(cursor) }));
    else if (character === '!') this.#fetchNode(() => ({ line, type: 'tag', tag: scanTag(cursor) }));
    else if (character === "'" || character === '"') this.#fetchQuoted(character === "'");
    else if ('|>'.includes(character) && this.#flowLevel === 0) this.#fetchBlockScalar(character === '|');
    else if ('\t#%@`|>'.includes(character)) failYaml('found character that cannot start any token', line);
    else this.#fetchPlain();
  }

  #isIndicator(): boolean {
    return this.#flowLevel > 0 || this.#cursor.isBlankOrEnd(1);
  }

  #skipToToken(): void {
    const cursor = this.#cursor;
    for (;;) {
      while (cursor.is(' ') || ((this.#flowLevel > 0 || !this.#mayStartKey) && cursor.is('\t'))) cursor.skip();
      cursor.skipComment();
      if (!cursor.isBreak()) return;
      cursor.readBreak();
      if (this.#flowLevel === 0) this.#mayStartKey = true;
    }
  }

  #add(type: Mark): void {
    this.#tokens.push({ type, line: this.#cursor.line });
  }

  /** Adds a token of so many characters. */
  #addCharacters(type: Mark, characters = 1): void {
    this.#add(type);
    this.#cursor.skip(characters);
  }

  /** Begins a block collection before a token, or at the end, if it is indented more than the one around it. */
  #roll(column: number, type: Mark, token?: number): void {
    if (this.#flowLevel > 0 || this.#indent >= column) return;
    this.#indents.push(this.#indent);
    this.#indent = column;
    this.#insert(type, token);
  }

  /** Inserts a token before another; at the end, if that one was already taken. */
  #insert(type: Mark, token = this.#nextNumber()): void {
    const index = token < this.#taken ? this.#tokens.length : this.#head + token - this.#taken;
    this.#tokens.splice(index, 0, { type, line: this.#cursor.line });
  }

  /** Number of the token that is fetched next. */
  #nextNumber(): number {
    return this.#taken + this.#tokens.length - this.#head;
  }

  /** Ends the block collections that are indented more than the column. */
  #unroll(column: number): void {
    if (this.#flowLevel > 0) return;
    while (this.#indent > column) {
      this.#add('block-end');
      this.#indent = this.#indents.pop() ?? -1;
    }
  }

  #fetchEnd(): void {
    this.#unroll(-1);
    this.#keys.remove();
    this.#mayStartKey = false;
    this.#add('stream-end');
  }

  #fetchDirective(): void {
    this.#unroll(-1);
    this.#keys.remove();
    this.#mayStartKey = false;
    const { line } = this.#cursor;
    this.#tokens.push({ line, type: 'directive', directive: scanDirective(this.#cursor) });
  }

  #fetchDocumentMark(): void {
    this.#unroll(-1);
    this.#keys.remove();
    this.#mayStartKey = false;
    this.#addCharacters(this.#cursor.is('-') ? 'document-start' : 'document-end', 3);
  }

  #fetchFlowStart(type: Mark): void {
    this.#saveKey();
    this.#keys.enterFlow(this.#nextNumber());
    this.#flowLevel++;
    this.#mayStartKey = true;
    this.#addCharacters(type);
  }

  #fetchFlowEnd(type: Mark): void {
    this.#keys.remove();
    if (this.#flowLevel > 0) {
      this.#flowLevel--;
      this.#keys.leaveFlow();
    }
    this.#mayStartKey = false;
    this.#addCharacters(type);
  }

  #fetchFlowEntry(): void {
    this.#keys.remove();
    this.#mayStartKey = true;
    this.#addCharacters('flow-entry');
  }

  #fetchBlockEntry(): void {
    this.#beginBlock('block-sequence-start', 'block sequence entries');
    this.#keys.remove();
    this.#mayStartKey = true;
    this.#addCharacters('block-entry');
  }

  #fetchKey(): void {
    this.#beginBlock('block-mapping-start', 'mapping keys');
    this.#keys.remove();
    this.#mayStartKey = this.#flowLevel === 0;
    this.#addCharacters('key');
  }

  #fetchValue(): void {
    const key = this.#keys.current;
    if (this.#keys.isValid(key)) {
      this.#insert('key', key.token);
      this.#roll(key.column, 'block-mapping-start', key.token);
      this.#keys.forget(key);
      this.#mayStartKey = false;
    } else {
      this.#beginBlock('block-mapping-start', 'mapping values');
      this.#mayStartKey = this.#flowLevel === 0;
    }
    this.#addCharacters('value');
  }

  /** In block context an indicator begins a collection, and stands only where a key may. */
  #beginBlock(type: Mark, what: string): void {
    if (this.#flowLevel > 0) return;
    if (!this.#mayStartKey) failYaml(`${what} are not allowed in this context`, this.#cursor.line);
    this.#roll(this.#cursor.column, type);
  }

  #saveKey(): void {
    if (!this.#mayStartKey) return;
    const isRequired = this.#flowLevel === 0 && this.#indent === this.#cursor.column;
    this.#keys.save(this.#nextNumber(), isRequired);
  }

  /** What may be or begin a key, and is not followed by one. */
  #fetchNode(scan: () => Token): void {
    this.#saveKey();
    this.#mayStartKey = false;
    this.#tokens.push(scan());
  }

  #fetchQuoted(isSingle: boolean): void {
    this.#fetchNode(() => {
      const { line } = this.#cursor;
      return { line, type: 'scalar', value: scanQuoted(this.#cursor, isSingle), isPlain: false };
    });
  }

  #fetchPlain(): void {
    this.#fetchNode(() => {
      const { line } = this.#cursor;
      const { text, lineEnded } = scanPlain(this.#cursor, this.#indent + 1, this.#flowLevel > 0);
      if (lineEnded) this.#mayStartKey = true;
      return { line, type: 'scalar', value: text, isPlain: true };
    });
  }

  #fetchBlockScalar(isLiteral: boolean): void {
    this.#keys.remove();
    this.#mayStartKey = true;
    const { line } = this.#cursor;
    const value = scanBlockScalar(this.#cursor, isLiteral, this.#indent);
    this.#tokens.push({ line, type: 'scalar', value, isPlain: false });
  }
}
