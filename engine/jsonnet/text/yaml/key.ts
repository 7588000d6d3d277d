import { isInteger, type ScalarValue } from './scalar-value.js';
import { failYaml } from './yaml-failure.js';

const SIGNED = 2n ** 63n;

/** The field name that a mapping's key becomes. */
export function keyOf(key: ScalarValue): string {
  if (typeof key === 'string') return key;
  if (typeof key === 'boolean') return String(key);
  if (typeof key === 'number') return floatKey(key);
  if (isInteger(key) && key.integer < SIGNED) return String(key.integer);
  return failYaml(`unsupported map key: ${isInteger(key) ? key.integer : key}`);
}

/** The fewest digits that identify it in single precision. */
function floatKey(key: number): string {
  const single = Math.fround(key);
  if (Number.isNaN(single)) return '.nan';
  if (!Number.isFinite(single)) return single < 0 ? '-.inf' : '.inf';
  if (single === 0) return Object.is(single, -0) ? '-0' : '0';
  for (let digits = 1; ; digits++) {
    const text = single.toExponential(digits - 1);
    if (Math.fround(Number(text)) === single) return shortForm(text);
  }
}

/** With an exponent of at least two digits when it is large or small. */
function shortForm(text: string): string {
  const [mantissa = '', power = ''] = text.split('e');
  const exponent = Number(power);
  if (exponent >= -4 && exponent < 6) return Number(text).toString();
  return `${mantissa}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
}
