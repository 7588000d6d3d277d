/**
 * Angles as Go computes them: as with logarithms, JavaScript's own functions differ in the last bit.
 */

const QUARTER_HIGH = 0.7853981256484985;
const QUARTER_MIDDLE = 3.774894707930798e-8;
const QUARTER_LOW = 2.6951514290790595e-15;
const OCTANTS = 1.2732395447351628;
const HALF_LOW = 6.123233995736766e-17;

/** From here on an octant is found in whole numbers: there are too few bits behind the point. */
const LARGE = 2 ** 29;

/** 4 / pi with as many bits as the greatest number needs, 64 of them before the point. */
const OCTANTS_EXACTLY = BigInt(
  '0x000000000000000145f306dc9c882a53f84eafa3ea69bb81b6c52b3278872083fca2c757bd778ac36e48dc74849ba5c00c925dd413a32439fc3bd63962534e7dd1046bea5d768909d338e04d68befc827323ac7306a673e93908bf177bf250763ff12fffbc0b301fde5e2316b414da3eda6cfd9e4f96136e9e8c7ecd3cbfd45aea4f758fd7cbe2f67a0e73ef14a525d4d7f6bf623f1aba10ac06608df8f6d757',
);
const EXACT_BITS = 20n * 64n;

const view = new DataView(new ArrayBuffer(8));

/** Which eighth of a turn an angle is in, counted to an even number, and how far from its beginning. */
interface Octant {
  readonly octant: number;
  readonly rest: number;
}

/** The octant of an angle that is not negative. */
function octantOf(angle: number): Octant {
  if (angle >= LARGE) return octantOfLarge(angle);
  const whole = Math.trunc(angle * OCTANTS);
  const even = whole + (whole % 2);
  return { octant: even % 8, rest: angle - even * QUARTER_HIGH - even * QUARTER_MIDDLE - even * QUARTER_LOW };
}

/** Multiplies the 53 bits of the number by the 192 bits of 4 / pi that matter for it, and keeps 128 of the product. */
function octantOfLarge(angle: number): Octant {
  view.setFloat64(0, angle);
  const bits = view.getBigUint64(0);
  const exponent = (bits >> 52n) - 1023n - 52n;
  const mantissa = (bits & (2n ** 52n - 1n)) | (2n ** 52n);
  const window = BigInt.asUintN(192, OCTANTS_EXACTLY >> (EXACT_BITS - 192n - (exponent + 61n)));
  const low = ((window & (2n ** 64n - 1n)) * mantissa) >> 64n;
  const product = BigInt.asUintN(128, (window >> 64n) * mantissa + low);
  const octant = Number(product >> 125n);
  const rest = fraction(BigInt.asUintN(125, product));
  return octant % 2 === 1
    ? { octant: (octant + 1) % 8, rest: (rest - 1) * (Math.PI / 4) }
    : { octant, rest: rest * (Math.PI / 4) };
}

/** 125 bits behind the point as a number, cut off and not rounded. */
function fraction(bits: bigint): number {
  const surplus = BigInt(Math.max(0, bits.toString(2).length - 53));
  return Number(bits >> surplus) * 2 ** (Number(surplus) - 125);
}

function sineOf(x: number, square: number): number {
  const series =
    ((((1.5896230157654656e-10 * square - 2.5050747762857807e-8) * square + 2.7557313621385722e-6) * square -
      1.984126982958954e-4) *
      square +
      0.008333333333322118) *
      square -
    0.1666666666666663;
  return x + x * square * series;
}

function cosineOf(square: number): number {
  const series =
    ((((-1.1358536521387682e-11 * square + 2.087570084197473e-9) * square - 2.755731417929674e-7) * square +
      2.4801587288851704e-5) *
      square -
      0.0013888888888873056) *
      square +
    0.041666666666666595;
  return 1 - 0.5 * square + square * square * series;
}

/** The sine of an angle in radians. */
export function sine(angle: number): number {
  if (angle === 0) return angle;
  const { octant, rest } = octantOf(Math.abs(angle));
  const square = rest * rest;
  const value = octant % 4 === 2 ? cosineOf(square) : sineOf(rest, square);
  return angle < 0 !== octant > 3 ? -value : value;
}

/** The cosine of an angle in radians. */
export function cosine(angle: number): number {
  const { octant, rest } = octantOf(Math.abs(angle));
  const square = rest * rest;
  const value = octant % 4 === 2 ? sineOf(rest, square) : cosineOf(square);
  return octant === 2 || octant === 4 ? -value : value;
}

/** The tangent of an angle in radians. */
export function tangent(angle: number): number {
  if (angle === 0) return angle;
  const { octant, rest } = octantOf(Math.abs(angle));
  const square = rest * rest;
  const above = (-13093.693918138379 * square + 1153516.6483858742) * square - 17956525.197648488;
  const below =
    (((square + 13681.296347069296) * square - 1320892.3444021097) * square + 25008380.18233579) * square -
    53869575.592945464;
  const near = square > 1e-14 ? rest + rest * ((square * above) / below) : rest;
  const value = octant % 4 === 2 ? -1 / near : near;
  return angle < 0 ? -value : value;
}

/** The angle whose tangent is a small number. */
function smallArctangent(x: number): number {
  const square = x * x;
  const above =
    (((-0.8750608600031904 * square - 16.157537187333652) * square - 75.00855792314705) * square - 122.88666844901361) *
      square -
    64.85021904942025;
  const below =
    ((((square + 24.858464901423062) * square + 165.02700983169885) * square + 432.88106049129027) * square +
      485.3903996359137) *
      square +
    194.5506571482614;
  return x * ((square * above) / below) + x;
}

function positiveArctangent(x: number): number {
  if (x <= 0.66) return smallArctangent(x);
  if (x > 2.414213562373095) return Math.PI / 2 - smallArctangent(1 / x) + HALF_LOW;
  return Math.PI / 4 + smallArctangent((x - 1) / (x + 1)) + 0.5 * HALF_LOW;
}

/** The angle whose tangent is `x`. */
export function arctangent(x: number): number {
  if (x === 0) return x;
  return x > 0 ? positiveArctangent(x) : -positiveArctangent(-x);
}

/** The angle whose sine is `x`. */
export function arcsine(x: number): number {
  if (x === 0) return x;
  const size = Math.abs(x);
  if (size > 1) return Number.NaN;
  const adjacent = Math.sqrt(1 - size * size);
  const angle = size > 0.7 ? Math.PI / 2 - positiveArctangent(adjacent / size) : positiveArctangent(size / adjacent);
  return x < 0 ? -angle : angle;
}

/** The angle whose cosine is `x`. */
export function arccosine(x: number): number {
  return Math.PI / 2 - arcsine(x);
}

/** The angle of the point (x, y). */
export function angleOf(y: number, x: number): number {
  if (y === 0 || x === 0) return Math.atan2(y, x);
  const angle = arctangent(y / x);
  if (x > 0) return angle;
  return angle <= 0 ? angle + Math.PI : angle - Math.PI;
}

/** How far the point (x, y) is from the origin. */
export function distance(x: number, y: number): number {
  const [long, short] = [Math.max(Math.abs(x), Math.abs(y)), Math.min(Math.abs(x), Math.abs(y))];
  if (long === 0) return 0;
  const ratio = short / long;
  return long * Math.sqrt(1 + ratio * ratio);
}
