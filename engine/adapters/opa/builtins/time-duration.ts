import { BuiltinError } from './builtin.js';

const MICROSECOND = 1000n;
const SECOND = 1_000_000n * MICROSECOND;
const HOUR = 3600n * SECOND;

const UNITS: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: MICROSECOND,
  µs: MICROSECOND,
  μs: MICROSECOND,
  ms: 1000n * MICROSECOND,
  s: SECOND,
  m: 60n * SECOND,
  h: HOUR,
};

/** OPA's own units, in hours. */
const LONG_UNITS: Readonly<Record<string, number>> = { d: 24, w: 168, y: 8760 };

const SEGMENT = /(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h|d|w|y)/y;

/** Nanoseconds of `amount`, cut off below one; Go computes the fraction as a double. */
function segmentOf(amount: string, unit: string): bigint {
  const factor = UNITS[unit];
  if (factor === undefined) return segmentOf(decimalText(Number(amount) * LONG_UNITS[unit]!), 'h');
  const [whole = '', fraction = ''] = amount.split('.');
  const base = BigInt(whole === '' ? 0 : whole) * factor;
  return fraction === ''
    ? base
    : base + BigInt(Math.trunc(Number(BigInt(fraction)) * (Number(factor) / 10 ** fraction.length)));
}

function decimalText(value: number): string {
  return value >= 1e21 ? BigInt(value).toString() : value.toFixed(20).replace(/\.?0+$/, '');
}

const LARGEST = 2n ** 63n;

/** Go's `time.ParseDuration` with OPA's units `d`, `w` and `y`. @see v1/topdown/time.go of OPA 1.22 */
export function parseDuration(text: string): bigint {
  const isNegative = text.startsWith('-');
  const body = /^[+-]/.test(text) ? text.slice(1) : text;
  if (body === '0') return 0n;
  let total = 0n;
  SEGMENT.lastIndex = 0;
  while (SEGMENT.lastIndex < body.length || body === '') {
    const match = SEGMENT.exec(body);
    if (match === null) throw new BuiltinError('invalid duration');
    total += segmentOf(match[1]!, match[2]!);
  }
  if (total > LARGEST || (total === LARGEST && !isNegative)) throw new BuiltinError('invalid duration');
  return isNegative ? -total : total;
}
