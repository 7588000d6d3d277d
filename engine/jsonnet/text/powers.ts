/**
 * Logarithm, exponential and power as Go computes them. Formatted numbers depend on their last bit, and JavaScript's
 * own differ there from one engine to the next.
 */

const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;

const view = new DataView(new ArrayBuffer(8));

/** A finite number other than zero as fraction * 2 ** exponent with the fraction's magnitude in [0.5, 1). */
function split(value: number): { readonly fraction: number; readonly exponent: number } {
  const isSmall = Math.abs(value) < 2 ** -1022;
  view.setFloat64(0, isSmall ? value * 2 ** 52 : value);
  const high = view.getUint32(0);
  const exponent = ((high >>> 20) & 0x7ff) - 1022 - (isSmall ? 52 : 0);
  view.setUint32(0, (high & 0x800fffff) | 0x3fe00000);
  return { fraction: view.getFloat64(0), exponent };
}

/** 2 ** exponent, exactly, for exponents of normal numbers. */
function powerOfTwo(exponent: number): number {
  view.setUint32(0, (exponent + 1023) << 20);
  view.setUint32(4, 0);
  return view.getFloat64(0);
}

/** value * 2 ** exponent, rounded once. */
function scale(value: number, exponent: number): number {
  if (value === 0 || !Number.isFinite(value)) return value;
  const parts = split(value);
  const total = parts.exponent + exponent;
  if (total > 1024) return value < 0 ? -Infinity : Infinity;
  if (total < -1075) return value < 0 ? -0 : 0;
  if (total < -1021) return parts.fraction * powerOfTwo(total + 100) * powerOfTwo(-100);
  return parts.fraction * 2 * powerOfTwo(total - 1);
}

/** Natural logarithm. */
export function logarithm(value: number): number {
  if (Number.isNaN(value) || value < 0) return Number.NaN;
  if (value === 0) return -Infinity;
  if (value === Infinity) return value;
  const parts = split(value);
  const isLow = parts.fraction < Math.SQRT1_2;
  const f = (isLow ? parts.fraction * 2 : parts.fraction) - 1;
  const k = isLow ? parts.exponent - 1 : parts.exponent;
  const s = f / (2 + f);
  const s2 = s * s;
  const s4 = s2 * s2;
  const odd =
    s2 * (0.6666666666666735 + s4 * (0.2857142874366239 + s4 * (0.1818357216161805 + s4 * 0.14798198605116586)));
  const even = s4 * (0.3999999999940942 + s4 * (0.22222198432149784 + s4 * 0.15313837699209373));
  const half = 0.5 * f * f;
  return k * LN2_HIGH - (half - (s * (half + (odd + even)) + k * LN2_LOW) - f);
}

/** e to the power of the value. */
export function exponential(value: number): number {
  if (Number.isNaN(value)) return value;
  if (value > 709.782712893384) return Infinity;
  if (value < -745.1332191019411) return 0;
  if (Math.abs(value) < 2 ** -28) return 1 + value;
  const k = Math.trunc(Math.LOG2E * value + (value < 0 ? -0.5 : 0.5));
  const high = value - k * LN2_HIGH;
  const low = k * LN2_LOW;
  const r = high - low;
  const t = r * r;
  const c =
    r -
    t *
      (0.16666666666666666 +
        t *
          (-0.0027777777777015593 +
            t * (0.00006613756321437934 + t * (-0.0000016533902205465252 + t * 4.1381367970572385e-8))));
  return scale(1 - (low - (r * c) / (2 - c) - high), k);
}

/** `base` to the power of `exponent`. */
export function power(base: number, exponent: number): number {
  const size = Math.abs(exponent);
  const whole = Math.trunc(size);
  if (isSpecial(base, exponent, whole)) return base ** exponent;
  if (exponent === 0.5) return Math.sqrt(base);
  if (exponent === -0.5) return 1 / Math.sqrt(base);
  const part = size - whole;
  let product = part === 0 ? 1 : exponential((part > 0.5 ? part - 1 : part) * logarithm(base));
  let binary = 0;
  let { fraction, exponent: place } = split(base);
  for (let left = part > 0.5 ? whole + 1 : whole; left > 0; left = Math.floor(left / 2)) {
    if (Math.abs(place) > 4096) {
      binary += place;
      break;
    }
    if (left % 2 === 1) {
      product *= fraction;
      binary += place;
    }
    fraction *= fraction;
    place *= 2;
    if (fraction < 0.5) {
      fraction *= 2;
      place--;
    }
  }
  return exponent < 0 ? scale(1 / product, -binary) : scale(product, binary);
}

/** Where there is nothing to compute JavaScript agrees. */
function isSpecial(base: number, exponent: number, whole: number): boolean {
  if (exponent === 0 || exponent === 1 || base === 0 || base === 1) return true;
  if (!Number.isFinite(base) || !Number.isFinite(exponent)) return true;
  return (base < 0 && !Number.isInteger(exponent)) || whole >= 2 ** 63;
}
