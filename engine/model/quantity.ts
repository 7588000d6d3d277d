/** Bytes that `4Mi`, `16Ki` or a number stand for. */
export function parseBytes(value: string | number): number {
  if (typeof value === 'number') return value;
  const [, digits = '0', unit = ''] = /^(\d+)(Ki|Mi)?$/.exec(value) ?? [];
  return Number(digits) * ({ Ki: 1024, Mi: 1024 * 1024 }[unit] ?? 1);
}

/** What `parseDuration` takes, for schemas. */
export const DURATION_PATTERN = '^[1-9][0-9]{0,6}(s|m|h)$';

const DURATION = new RegExp(DURATION_PATTERN);
const MILLISECONDS: { readonly [unit: string]: number } = { s: 1000, m: 60_000, h: 3_600_000 };

/** Milliseconds that `30s`, `5m` or `2h` stand for; undefined for what is no duration. */
export function parseDuration(value: string): number | undefined {
  return DURATION.test(value) ? Number(value.slice(0, -1)) * (MILLISECONDS[value.slice(-1)] ?? 1) : undefined;
}
