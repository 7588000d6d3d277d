/** An IP address as a number of 32 or 128 bits. */
export interface Address {
  readonly value: bigint;
  readonly bits: 32 | 128;
}

/** A network: its first address, the bits of its addresses, and how many of them are fixed. */
export interface Network {
  readonly first: bigint;
  readonly bits: number;
  readonly length: number;
}

const MAPPED_PREFIX = 0xffffn;

function parseFour(text: string): bigint | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255))
    return undefined;
  return parts.reduce((value, part) => (value << 8n) | BigInt(part), 0n);
}

/** Groups of an IPv6 address, of which the last two may be written as an IPv4 address at the end of the whole. */
function parseGroups(text: string, isEnd: boolean): bigint[] | undefined {
  if (text === '') return [];
  const groups: bigint[] = [];
  const parts = text.split(':');
  for (const [index, part] of parts.entries()) {
    if (part.includes('.')) {
      const four = isEnd && index === parts.length - 1 ? parseFour(part) : undefined;
      if (four === undefined) return undefined;
      groups.push(four >> 16n, four & 0xffffn);
    } else if (/^[0-9a-fA-F]{1,4}$/.test(part)) groups.push(BigInt(`0x${part}`));
    else return undefined;
  }
  return groups;
}

function parseSix(text: string): bigint | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const groups = halves.map((half, index) => parseGroups(half, index === halves.length - 1));
  const [left, right] = groups;
  if (left === undefined || (halves.length === 2 && right === undefined)) return undefined;
  const count = left.length + (right?.length ?? 0);
  if (halves.length === 2 ? count > 7 : count !== 8) return undefined;
  const all = [...left, ...Array<bigint>(8 - count).fill(0n), ...(right ?? [])];
  return all.reduce((value, group) => (value << 16n) | group, 0n);
}

/** Go's `net.ParseIP`: an IPv4-mapped IPv6 address is an IPv4 address. */
export function parseAddress(text: string): Address | undefined {
  if (!text.includes(':')) {
    const four = parseFour(text);
    return four === undefined ? undefined : { value: four, bits: 32 };
  }
  const six = parseSix(text);
  if (six === undefined) return undefined;
  return six >> 32n === MAPPED_PREFIX ? { value: six & 0xffffffffn, bits: 32 } : { value: six, bits: 128 };
}

/** Go's `net.ParseCIDR`. */
export function parseNetwork(text: string): Network | undefined {
  const match = /^([^/]*)\/(\d{1,3})$/.exec(text);
  if (match === null) return undefined;
  const isSix = match[1]!.includes(':');
  const value = isSix ? parseSix(match[1]!) : parseFour(match[1]!);
  const [bits, length] = [isSix ? 128 : 32, Number(match[2])];
  if (value === undefined || length > bits || (match[2]!.length > 1 && match[2]!.startsWith('00'))) return undefined;
  const host = BigInt(bits - length);
  return { first: (value >> host) << host, bits, length };
}

/** The text that Go's `IP.String` gives. */
export function formatAddress({ value, bits }: { readonly value: bigint; readonly bits: number }): string {
  if (bits === 32) return formatFour(value);
  if (value >> 32n === MAPPED_PREFIX) return formatFour(value & 0xffffffffn);
  const groups = Array.from({ length: 8 }, (_, index) => ((value >> BigInt(112 - 16 * index)) & 0xffffn).toString(16));
  const run = longestRun(groups);
  if (run.length < 2) return groups.join(':');
  return `${groups.slice(0, run.start).join(':')}::${groups.slice(run.start + run.length).join(':')}`;
}

function formatFour(value: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 0xffn).join('.');
}

function longestRun(groups: readonly string[]): { readonly start: number; readonly length: number } {
  let best = { start: 0, length: 0 };
  for (let start = 0; start < groups.length; start += 1) {
    let length = 0;
    while (groups[start + length] === '0') length += 1;
    if (length > best.length) best = { start, length };
  }
  return best;
}

/** The text that Go's `IPNet.String` gives. */
export function formatNetwork({ first, bits, length }: Network): string {
  return `${formatAddress({ value: first, bits })}/${length}`;
}
