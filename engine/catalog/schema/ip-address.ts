/** An IP address as a number of 32 or 128 bits. */
export interface IPAddress {
  readonly family: 4 | 6;
  readonly bits: bigint;
}

/** A block of addresses. `address` may have bits set behind the prefix. */
export interface AddressBlock {
  readonly address: IPAddress;
  readonly prefixLength: number;
}

/** How many bits an address of a family has. */
export function bitsOf(family: 4 | 6): number {
  return family === 4 ? 32 : 128;
}

/** Parses an IPv4 or IPv6 address as Go's `netip.ParseAddr` does, without zones; leading zeros are refused. */
export function parseAddress(text: string): IPAddress | undefined {
  return text.includes(':') ? parseVersion6(text) : parseVersion4(text);
}

/** Parses `address/length`. */
export function parseBlock(text: string): AddressBlock | undefined {
  const [left = '', right = '', ...rest] = text.split('/');
  const address = parseAddress(left);
  if (address === undefined || rest.length > 0 || !/^(0|[1-9]\d{0,2})$/.test(right)) return undefined;
  const prefixLength = Number(right);
  return prefixLength <= bitsOf(address.family) ? { address, prefixLength } : undefined;
}

/** Whether `address` lies in `block`. */
export function blockContains({ address: base, prefixLength }: AddressBlock, address: IPAddress): boolean {
  const shift = BigInt(bitsOf(base.family) - prefixLength);
  return base.family === address.family && base.bits >> shift === address.bits >> shift;
}

/** The canonical text of an address: RFC 5952 for IPv6. */
export function formatAddress({ family, bits }: IPAddress): string {
  if (family === 4) return [24n, 16n, 8n, 0n].map((shift) => (bits >> shift) & 255n).join('.');
  const groups = Array.from({ length: 8 }, (_, index) => ((bits >> BigInt(112 - 16 * index)) & 0xffffn).toString(16));
  const zeros = longestZeros(groups);
  if (zeros.length < 2) return groups.join(':');
  return `${groups.slice(0, zeros.start).join(':')}::${groups.slice(zeros.start + zeros.length).join(':')}`;
}

function longestZeros(groups: readonly string[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  for (let start = 0; start < groups.length; start += 1) {
    let end = start;
    while (groups[end] === '0') end += 1;
    if (end - start > best.length) best = { start, length: end - start };
  }
  return best;
}

function parseVersion4(text: string): IPAddress | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256))
    return undefined;
  return { family: 4, bits: parts.reduce((bits, part) => (bits << 8n) | BigInt(part), 0n) };
}

function parseVersion6(text: string): IPAddress | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [head, tail] = [groupsOf(halves[0] ?? ''), groupsOf(halves[1] ?? '')];
  if (head === undefined || tail === undefined) return undefined;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const groups = [...head, ...Array<bigint>(missing).fill(0n), ...tail];
  return { family: 6, bits: groups.reduce((bits, group) => (bits << 16n) | group, 0n) };
}

/** The 16-bit groups of one side of `::`; its last part may be an IPv4 address. */
function groupsOf(half: string): bigint[] | undefined {
  if (half === '') return [];
  const groups: bigint[] = [];
  const parts = half.split(':');
  for (const [index, part] of parts.entries()) {
    const embedded = index === parts.length - 1 && part.includes('.') ? parseVersion4(part) : undefined;
    if (embedded !== undefined) groups.push(embedded.bits >> 16n, embedded.bits & 0xffffn);
    else if (/^[0-9a-fA-F]{1,4}$/.test(part)) groups.push(BigInt(`0x${part}`));
    else return undefined;
  }
  return groups;
}
