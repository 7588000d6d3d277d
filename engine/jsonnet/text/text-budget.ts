import { exceed } from '../failure.js';
import { codePointLength } from './code-points.js';

/** How many characters a text may still grow by. */
export class TextBudget {
  readonly #limit: number;
  #left: number;

  constructor(limit: number) {
    this.#limit = limit;
    this.#left = limit;
  }

  /** The text, whose characters are taken from the budget. */
  spend(text: string): string {
    this.#demand(text.length);
    this.#left -= text.length;
    return text;
  }

  /** The text, and to its left as many characters as it lacks to be `width` long. Nothing is taken yet. */
  padLeft(text: string, width: number, character: string): string {
    return this.#repeat(character, width - codePointLength(text)) + text;
  }

  /** The text, and to its right as many characters as it lacks to be `width` long. Nothing is taken yet. */
  padRight(text: string, width: number, character: string): string {
    return text + this.#repeat(character, width - codePointLength(text));
  }

  #repeat(character: string, count: number): string {
    // A fraction of a character is one that is missing.
    const times = Math.max(0, Math.ceil(count));
    this.#demand(times);
    return character.repeat(times);
  }

  #demand(characters: number): void {
    if (characters > this.#left) exceed('TextTooLong', `the text would be longer than ${this.#limit} characters`);
  }
}
