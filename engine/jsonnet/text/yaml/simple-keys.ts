import { codePointLength } from '../code-points.js';
import type { Cursor } from './cursor.js';
import { failYaml } from './yaml-failure.js';

const LONGEST = 1024;

/** Where a key may have begun that is known to be one only when its colon comes. */
export interface SimpleKey {
  isPossible: boolean;
  readonly isRequired: boolean;
  /** Number of the token that it begins with. */
  readonly token: number;
  readonly position: number;
  readonly line: number;
  readonly column: number;
}

const NO_KEY: SimpleKey = { isPossible: false, isRequired: false, token: -1, position: 0, line: 0, column: 0 };

/** The possible keys, at most one for each level of flow collections. */
export class SimpleKeys {
  readonly #cursor: Cursor;
  readonly #levels: SimpleKey[] = [NO_KEY];
  readonly #levelOfToken = new Map<number, number>();

  constructor(cursor: Cursor) {
    this.#cursor = cursor;
  }

  /** The key of this level. */
  get current(): SimpleKey {
    return this.#levels.at(-1) ?? NO_KEY;
  }

  /** Remembers that a key may begin here. */
  save(token: number, isRequired: boolean): void {
    this.remove();
    const { position, line, column } = this.#cursor;
    const level = this.#levels.length - 1;
    this.#levels[level] = { isPossible: true, isRequired, token, position, line, column };
    this.#levelOfToken.set(token, level);
  }

  /** There will be no colon for the key of this level. */
  remove(): void {
    const key = this.current;
    if (!key.isPossible) return;
    if (key.isRequired) failYaml("could not find expected ':'", key.line);
    this.forget(key);
  }

  /** The key has been used, or cannot be one. */
  forget(key: SimpleKey): void {
    key.isPossible = false;
    this.#levelOfToken.delete(key.token);
  }

  /** The level of a collection that begins with the token. */
  enterFlow(token: number): void {
    this.#levels.push({ ...NO_KEY, token });
  }

  /** Where nothing inside could be a key, the reference takes the collection itself for none either. */
  leaveFlow(): void {
    this.#levelOfToken.delete((this.#levels.pop() ?? NO_KEY).token);
  }

  /** Whether a key may begin with the token. */
  mayBeginWith(token: number): boolean {
    const level = this.#levelOfToken.get(token);
    return level !== undefined && this.isValid(this.#levels[level]);
  }

  /** Whether a colon here would make it a key: it is on the same line and short enough. */
  isValid(key: SimpleKey | undefined): key is SimpleKey {
    if (key?.isPossible !== true) return false;
    const { line, position, text } = this.#cursor;
    const isNear = position - key.position <= LONGEST || codePointLength(text.slice(key.position, position)) <= LONGEST;
    if (key.line === line && isNear) return true;
    if (key.isRequired) failYaml("could not find expected ':'", key.line);
    key.isPossible = false;
    return false;
  }
}
