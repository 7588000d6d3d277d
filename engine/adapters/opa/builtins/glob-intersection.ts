import { BuiltinError } from './builtin.js';

/** How often a token may stand: once, at least once, or any number of times. */
type Repetition = 'once' | 'plus' | 'star';

/** One token of a glob: what it matches, as ranges of code points in order, and how often. */
interface Token {
  readonly kind: 'character' | 'any' | 'set';
  readonly ranges: readonly (readonly [number, number])[];
  readonly repetition: Repetition;
}

type Glob = readonly Token[];
type Spend = (steps: number) => void;

const STEPS_PER_CHARACTER = 10;
const STEPS_PER_COMPARISON = 4;

const REPETITIONS: Readonly<Record<string, Repetition>> = { '+': 'plus', '*': 'star' };

function invalid(): BuiltinError {
  return new BuiltinError('a glob is not well formed');
}

class Tokenizer {
  readonly #characters: readonly string[];
  #at = 0;

  constructor(text: string) {
    this.#characters = [...text];
  }

  tokens(): Token[] {
    const tokens: Token[] = [];
    while (this.#at < this.#characters.length) tokens.push(this.#token());
    return tokens;
  }

  /** The next character, and whether a backslash stands before it, which takes its meaning away. */
  #take(): { readonly character: string; readonly isEscaped: boolean } {
    const isEscaped = this.#characters[this.#at] === '\\';
    const character = this.#characters[this.#at + (isEscaped ? 1 : 0)];
    if (character === undefined) throw invalid();
    this.#at += isEscaped ? 2 : 1;
    return { character, isEscaped };
  }

  #token(): Token {
    const { character, isEscaped } = this.#take();
    if (!isEscaped && (character === ']' || character in REPETITIONS)) throw invalid();
    if (!isEscaped && character === '.') return { kind: 'any', ranges: [], repetition: this.#repetition() };
    if (!isEscaped && character === '[') {
      const ranges = this.#set();
      return { kind: 'set', ranges, repetition: this.#repetition() };
    }
    const point = character.codePointAt(0)!;
    return { kind: 'character', ranges: [[point, point]], repetition: this.#repetition() };
  }

  #repetition(): Repetition {
    const repetition = REPETITIONS[this.#characters[this.#at] ?? ''];
    if (repetition !== undefined) this.#at += 1;
    return repetition ?? 'once';
  }

  #set(): Token['ranges'] {
    const ranges: [number, number][] = [];
    let previous: number | undefined;
    for (;;) {
      const { character, isEscaped } = this.#take();
      if (!isEscaped && character === ']') return merged(ranges);
      if (!isEscaped && character === '-') {
        if (previous === undefined) throw invalid();
        ranges.push([previous, this.#rangeEnd(previous)]);
        previous = undefined;
        continue;
      }
      previous = character.codePointAt(0)!;
      ranges.push([previous, previous]);
    }
  }

  #rangeEnd(start: number): number {
    const { character, isEscaped } = this.#take();
    const end = character.codePointAt(0)!;
    const isSymbol = !isEscaped && (character === ']' || character === '-');
    if (isSymbol || end < start) throw invalid();
    return end;
  }
}

/** Ranges in order that neither overlap nor touch, so that equal sets have equal ranges. */
function merged(ranges: readonly [number, number][]): [number, number][] {
  const sorted = [...ranges].sort((left, right) => left[0] - right[0]);
  const result: [number, number][] = [];
  for (const [start, end] of sorted) {
    const last = result.at(-1);
    if (last !== undefined && start <= last[1] + 1) last[1] = Math.max(last[1], end);
    else result.push([start, end]);
  }
  return result;
}

function isEqual(left: Token, right: Token): boolean {
  return left.kind === right.kind && JSON.stringify(left.ranges) === JSON.stringify(right.ranges);
}

/** Puts successive equal tokens that repeat together into one. That two of `a+` want two letters is lost, as in OPA. */
function simplified(tokens: readonly Token[]): Glob {
  const simple: Token[] = [];
  for (const token of tokens) {
    const latest = simple.at(-1);
    const isSame = latest !== undefined && latest.repetition !== 'once' && token.repetition !== 'once';
    if (!isSame || !isEqual(latest, token)) simple.push(token);
    else if (token.repetition === 'plus') simple[simple.length - 1] = token;
  }
  return simple;
}

function globOf(text: string, spend: Spend): Glob {
  spend(text.length * STEPS_PER_CHARACTER);
  return simplified(new Tokenizer(text).tokens());
}

/** Whether a character matches both tokens. */
function matches(left: Token, right: Token, spend: Spend): boolean {
  spend(STEPS_PER_COMPARISON + left.ranges.length + right.ranges.length);
  if (left.kind === 'any' || right.kind === 'any') return true;
  let [at, other] = [0, 0];
  while (at < left.ranges.length && other < right.ranges.length) {
    const [mine, theirs] = [left.ranges[at]!, right.ranges[other]!];
    if (mine[0] <= theirs[1] && theirs[0] <= mine[1]) return true;
    if (mine[1] < theirs[1]) at += 1;
    else other += 1;
  }
  return false;
}

/**
 * Decides whether two globs have a text in common, by what the tokens from two positions on have in common. Of two tokens
 * that repeat, the one of the leading glob goes first, which is part of the answer. The answers are kept: without them
 * the time grows exponentially with the number of stars.
 */
class Intersection {
  readonly #globs: readonly [Glob, Glob];
  readonly #spend: Spend;
  readonly #known = new Map<number, boolean>();

  constructor(globs: readonly [Glob, Glob], spend: Spend) {
    this.#globs = globs;
    this.#spend = spend;
  }

  /** Whether the rests of the leading glob from `at` and of the other one from `other` on have a text in common. */
  fromHere(leading: 0 | 1, at: number, other: number): boolean {
    const key = (at * (this.#globs[1 - leading]!.length + 1) + other) * 2 + leading;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const answer = this.#compare(leading, at, other);
    this.#known.set(key, answer);
    return answer;
  }

  #compare(leading: 0 | 1, start: number, otherStart: number): boolean {
    const [first, second] = [this.#globs[leading], this.#globs[1 - leading]!];
    let [at, other] = [start, otherStart];
    for (; at < first.length && other < second.length; at += 1, other += 1) {
      if (first[at]!.repetition !== 'once') return this.#repeated(leading, at, other);
      if (second[other]!.repetition !== 'once') return this.#repeated(leading === 0 ? 1 : 0, other, at);
      if (!matches(first[at]!, second[other]!, this.#spend)) return false;
    }
    return at === first.length && other === second.length;
  }

  /** The leading glob has a token that repeats at `at`; the other one is at `other`. */
  #repeated(leading: 0 | 1, at: number, other: number): boolean {
    const token = this.#globs[leading][at]!;
    if (token.repetition === 'star') return this.#starred(leading, at, other);
    const opposite = this.#globs[1 - leading]![other]!;
    if (!matches(token, opposite, this.#spend)) return false;
    if (this.#starred(leading, at, other + 1)) return true;
    return opposite.repetition !== 'once' && this.fromHere(leading, at + 1, other);
  }

  /** Lets the token at `at` take in tokens of the other glob, until the rests agree. */
  #starred(leading: 0 | 1, at: number, other: number): boolean {
    const [token, next] = [this.#globs[leading][at]!, this.#globs[leading][at + 1]];
    const opposite = this.#globs[1 - leading]!;
    for (let index = other; index < opposite.length; index += 1) {
      const taken = opposite[index]!;
      const isNext = next !== undefined && matches(taken, next, this.#spend);
      if (isNext && this.fromHere(leading, at + 1, index)) return true;
      if (!matches(taken, token, this.#spend)) return false;
    }
    return next === undefined;
  }
}

/**
 * The globs without what matches at both ends, but for one token at each; undefined where the ends already differ.
 * It decides more than it saves: a star takes in what comes next, and would pass over an end that is left.
 */
function trimmed(first: Glob, second: Glob, spend: Spend): readonly [Glob, Glob] | undefined {
  const isPlain = (left: number, right: number) =>
    first[left]?.repetition === 'once' && second[right]?.repetition === 'once';
  let start = 0;
  for (; isPlain(start, start); start += 1) if (!matches(first[start]!, second[start]!, spend)) return undefined;
  start = Math.max(start - 1, 0);
  let [left, right] = [first.length - 1, second.length - 1];
  for (; left >= start && right >= start && isPlain(left, right); left -= 1, right -= 1)
    if (!matches(first[left]!, second[right]!, spend)) return undefined;
  const kept = left < first.length - 1 ? 2 : 1;
  return [first.slice(start, left + kept), second.slice(start, right + kept)];
}

/** Whether some text that is not empty matches both globs. @see github.com/yashtewari/glob-intersection of OPA 1.22 */
export function haveCommonText(first: string, second: string, spend: Spend): boolean {
  const globs = trimmed(globOf(first, spend), globOf(second, spend), spend);
  return globs !== undefined && new Intersection(globs, spend).fromHere(0, 0, 0);
}
