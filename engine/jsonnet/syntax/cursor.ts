import type { Node } from './ast.js';
import { type Span, SyntaxFailure } from './source.js';
import { describeToken, type Token, type TokenKind } from './token.js';

/** Expressions inside expressions, at most: what reads, compiles and evaluates them calls itself for each level. */
const DEEPEST = 500;

/** Reads the tokens of a program from first to last. */
export class Cursor {
  readonly #tokens: readonly Token[];
  readonly #parse: (cursor: Cursor) => Node;
  #at = 0;
  #depth = 0;

  /** `parse` reads one expression. */
  constructor(tokens: readonly Token[], parse: (cursor: Cursor) => Node) {
    this.#tokens = tokens;
    this.#parse = parse;
  }

  /** One expression. */
  expression(): Node {
    return this.nested(() => this.#parse(this));
  }

  /** What `read` reads, one level deeper. */
  nested<T>(read: () => T): T {
    this.#depth += 1;
    if (this.#depth > DEEPEST) this.refuse(`expressions are nested more than ${DEEPEST} deep`, this.peek());
    const result = read();
    this.#depth -= 1;
    return result;
  }

  /** The next token, or one after it. */
  peek(ahead = 0): Token {
    return this.#tokens[Math.min(this.#at + ahead, this.#tokens.length - 1)] as Token;
  }

  /** The next token, which is then behind. */
  pop(): Token {
    const token = this.peek();
    this.#at += 1;
    return token;
  }

  /** Whether the next token is of this kind, or the operator of this name. */
  sees(kind: TokenKind, operator?: string): boolean {
    const token = this.peek();
    return token.kind === kind && (operator === undefined || token.text === operator);
  }

  /** Takes the next token if it is as asked for. */
  accept(kind: TokenKind, operator?: string): Token | undefined {
    return this.sees(kind, operator) ? this.pop() : undefined;
  }

  /** Takes the next token, which must be as asked for. */
  expect(kind: TokenKind, operator?: string): Token {
    return (
      this.accept(kind, operator) ?? this.refuse(`expected ${operator ?? kind}, got ${describeToken(this.peek())}`)
    );
  }

  /** Throws a SyntaxFailure about a place; about the next token without one. */
  refuse(message: string, span: Span = this.peek()): never {
    throw new SyntaxFailure(message, { start: span.start, end: span.end });
  }

  /** What `read` reads, again and again, with commas between and perhaps at the end, up to the `close` that follows. */
  list<T>(close: TokenKind, read: () => T): readonly T[] {
    const items: T[] = [];
    while (!this.sees(close)) {
      items.push(read());
      if (this.accept(',') === undefined) break;
    }
    if (!this.sees(close)) this.refuse(`expected a comma or ${close}, got ${describeToken(this.peek())}`);
    return items;
  }
}
