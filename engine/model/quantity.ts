/** Bytes that `4Mi`, `16Ki` or a number stand for. */
export function parseBytes(value: string | number): number {
  if (typeof value === 'number') return value;
  const [, digits = '0', unit = ''] = /^(\d+)(Ki|Mi)?$/.exec(value) ?? [];
  return Number(digits) * ({ Ki: 1024, Mi: 1024 * 1024 }[unit] ?? 1);
}

/** Milliseconds that `30s`, `5m` or `2h` stand for. */
export function parseDuration(value: string): number {
  const [, digits = '0', unit = 's'] = /^(\d+)(s|m|h)$/.exec(value) ?? [];
  return Number(digits) * ({ s: 1000, m: 60_000, h: 3_600_000 }[unit] ?? 1000);
}
