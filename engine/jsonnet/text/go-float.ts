// An underscore stands between digits, or between a prefix and a digit.
const DECIMAL = /^[-+]?(?:\d(?:_?\d)*(?:\.(?:\d(?:_?\d)*)?)?|\.\d(?:_?\d)*)(?:e[-+]?\d(?:_?\d)*)?$/i;
const HEXADECIMAL =
  /^[-+]?0x(?=_?[\da-f]|\.[\da-f])((?:_?[\da-f])*)(?:\.((?:[\da-f](?:_?[\da-f])*)?))?p([-+]?\d(?:_?\d)*)$/i;
const NAMED = /^(?:[-+]?inf(?:inity)?|nan)$/i;

/** Whether Go's strconv.ParseFloat takes the text for a double; one that is too large it refuses. */
export function isGoFloat(text: string): boolean {
  if (DECIMAL.test(text)) return Number.isFinite(Number(text.replaceAll('_', '')));
  if (NAMED.test(text)) return true;
  const match = HEXADECIMAL.exec(text);
  if (match === null) return false;
  const [whole = '', fraction = '', exponent = ''] = match.slice(1).map((part = '') => part.replaceAll('_', ''));
  return Number.isFinite(Number(`0x${whole}${fraction}`) * 2 ** (Number(exponent) - 4 * fraction.length));
}
