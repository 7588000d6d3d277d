import { compareByCodePoint } from '../rego-value.js';

const [DIGIT, LETTER] = [/^\p{Nd}$/u, /^\p{L}$/u];
const INTEGER_BITS = 64;

/** Orders keys as go-yaml does: numbers in them by their value, letters after all else. @see sorter.go of go.yaml.in/yaml/v3 */
export function compareKeys(left: string, right: string): number {
  const [mine, theirs] = [[...left], [...right]];
  const at = mine.findIndex((character, index) => character !== theirs[index]);
  if (at === -1 || at >= theirs.length) return mine.length - theirs.length;
  return compareAt(mine, theirs, at);
}

function compareAt(mine: readonly string[], theirs: readonly string[], at: number): number {
  const [first, second] = [mine[at]!, theirs[at]!];
  const [firstIsLetter, secondIsLetter] = [LETTER.test(first), LETTER.test(second)];
  if (firstIsLetter && secondIsLetter) return compareByCodePoint(first, second);
  if (firstIsLetter || secondIsLetter) {
    const isWithinNumber = at > 0 && DIGIT.test(mine[at - 1]!);
    return firstIsLetter === isWithinNumber ? -1 : 1;
  }
  const start = first === '0' || second === '0' ? leadingDigit(mine, at) : 0n;
  const [number, other] = [numberAt(mine, at, start), numberAt(theirs, at, start)];
  if (number.value !== other.value) return number.value < other.value ? -1 : 1;
  return number.end - other.end || compareByCodePoint(first, second);
}

/** 1 where a digit other than 0 stands before, right in front of the position: then a 0 there counts. */
function leadingDigit(characters: readonly string[], at: number): bigint {
  for (let index = at - 1; index >= 0 && DIGIT.test(characters[index]!); index -= 1)
    if (characters[index] !== '0') return 1n;
  return 0n;
}

/** The digits from a position on as an integer of 64 bits, which overflows as Go's do, and where they end. */
function numberAt(characters: readonly string[], at: number, start: bigint): { value: bigint; end: number } {
  let [value, end] = [start, at];
  for (; end < characters.length && DIGIT.test(characters[end]!); end += 1)
    value = BigInt.asIntN(INTEGER_BITS, value * 10n + BigInt(characters[end]!.codePointAt(0)! - 0x30));
  return { value, end };
}
