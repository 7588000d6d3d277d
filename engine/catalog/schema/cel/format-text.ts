/** `string.format` of cel-go's strings extension, version 2, which Kubernetes uses: all verbs but `%e`. */
export function formatText(template: string, values: readonly unknown[]): string {
  let next = 0;
  return template.replace(/%(?:\.(\d+))?(.?)/gs, (_whole, precision: string | undefined, verb: string) => {
    if (verb === '%') return '%';
    if (next >= values.length) throw new Error('format has more verbs than values');
    const value = values[next];
    next += 1;
    return formatVerb(verb, value, precision === undefined ? 6 : Number(precision));
  });
}

function formatVerb(verb: string, value: unknown, precision: number): string {
  if (verb === 's') return formatValue(value);
  if (typeof value === 'string' && /^[xX]$/.test(verb)) return inCase(verb, Buffer.from(value).toString('hex'));
  if (typeof value === 'boolean' && verb === 'b') return value ? '1' : '0';
  const number = typeof value === 'bigint' || typeof value === 'number' ? value : undefined;
  if (number === undefined || !/^[dfboxX]$/.test(verb)) throw new Error(`format cannot use %${verb} for this value`);
  if (verb === 'd') return String(number);
  if (verb === 'f') return Number(number).toFixed(precision);
  const base = { b: 2, o: 8 }[verb] ?? 16;
  return inCase(verb, number.toString(base));
}

function inCase(verb: string, text: string): string {
  return verb === 'X' ? text.toUpperCase() : text;
}

function formatValue(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(quoted).join(', ')}]`;
  const entries = entriesOf(value);
  if (entries === undefined) return formatScalar(value);
  return `{${entries
    .map(([key, item]) => `${quoted(key)}:${quoted(item)}`)
    .sort()
    .join(', ')}}`;
}

function quoted(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : formatValue(value);
}

/** The entries of a map; a literal of the library is a plain object. */
function entriesOf(value: unknown): readonly (readonly [unknown, unknown])[] | undefined {
  if (value instanceof Map) return [...value];
  const isPlain = typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
  return isPlain ? Object.entries(value) : undefined;
}

/** A scalar as `string(...)` writes it. */
export function formatScalar(value: unknown): string {
  if (typeof value === 'number') return formatDouble(value);
  if (value instanceof Date) return value.toISOString().replace(/\.?0*Z$/, 'Z');
  if (value instanceof Uint8Array) return Buffer.from(value).toString();
  return String(value);
}

/** Go's `strconv.FormatFloat(number, 'g', -1, 64)`: with an exponent below 1e-4 and from 1e6 on. */
function formatDouble(number: number): string {
  if (!Number.isFinite(number)) return Number.isNaN(number) ? 'NaN' : `${number > 0 ? '+' : '-'}Inf`;
  const [mantissa = '', power = '0'] = number.toExponential().split('e');
  const exponent = Number(power);
  if (number === 0 || (exponent >= -4 && exponent < 6)) return String(number);
  return `${mantissa}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
}
