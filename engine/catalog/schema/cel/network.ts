import type { Environment } from '@marcbachmann/cel-js';
import {
  type AddressBlock,
  bitsOf,
  blockContains,
  formatAddress,
  type IPAddress,
  parseAddress,
  parseBlock,
} from '../ip-address.js';

/** An address that an expression holds. */
class IP {
  readonly value: IPAddress;

  constructor(value: IPAddress) {
    this.value = value;
  }

  valueOf(): string {
    return formatAddress(this.value);
  }
}

/** A block of addresses that an expression holds. */
class CIDR {
  readonly value: AddressBlock;

  constructor(value: AddressBlock) {
    this.value = value;
  }

  valueOf(): string {
    return `${formatAddress(this.value.address)}/${this.value.prefixLength}`;
  }
}

/** What the name `ip` stands for before `.isCanonical`. */
class IPNamespace {}

/** Registers Kubernetes' IP and CIDR libraries. */
export function registerNetworks(environment: Environment): Environment {
  const address = (text: string): IP => new IP(must(parseStrictAddress(text), 'the text is no IP address'));
  const block = (text: string): CIDR => new CIDR(must(parseBlock(text), 'the text is no CIDR'));
  environment
    .registerType('IP', IP)
    .registerType('CIDR', CIDR)
    .registerType('IPNamespace', IPNamespace)
    .registerConstant('ip', 'IPNamespace', new IPNamespace())
    .registerOperator('IP == IP', (left: IP, right: IP) => left.valueOf() === right.valueOf())
    .registerOperator('CIDR == CIDR', (left: CIDR, right: CIDR) => left.valueOf() === right.valueOf())
    .registerFunction('ip(string): IP', address)
    .registerFunction('isIP(string): bool', (text: string) => parseStrictAddress(text) !== undefined)
    .registerFunction(
      'IPNamespace.isCanonical(string): bool',
      (_ip: unknown, text: string) => address(text).valueOf() === text,
    )
    .registerFunction('formatScalar(IP): string', (value: IP) => value.valueOf())
    .registerFunction('IP.family(): int', ({ value }: IP) => BigInt(value.family))
    .registerFunction('cidr(string): CIDR', block)
    .registerFunction('isCIDR(string): bool', (text: string) => parseBlock(text) !== undefined)
    .registerFunction('formatScalar(CIDR): string', (value: CIDR) => value.valueOf())
    .registerFunction('CIDR.ip(): IP', ({ value }: CIDR) => new IP(value.address))
    .registerFunction('CIDR.prefixLength(): int', ({ value }: CIDR) => BigInt(value.prefixLength))
    .registerFunction('CIDR.masked(): CIDR', ({ value }: CIDR) => new CIDR(masked(value)))
    .registerFunction('CIDR.containsIP(IP): bool', ({ value }: CIDR, inner: IP) => blockContains(value, inner.value))
    .registerFunction('CIDR.containsIP(string): bool', ({ value }: CIDR, inner: string) =>
      blockContains(value, address(inner).value),
    )
    .registerFunction('CIDR.containsCIDR(CIDR): bool', ({ value }: CIDR, inner: CIDR) =>
      containsBlock(value, inner.value),
    )
    .registerFunction('CIDR.containsCIDR(string): bool', ({ value }: CIDR, inner: string) =>
      containsBlock(value, block(inner).value),
    );
  return registerAddressKinds(environment);
}

function registerAddressKinds(environment: Environment): Environment {
  const inAny = (...texts: readonly string[]): ((ip: IP) => boolean) => {
    const blocks = texts.map((text) => must(parseBlock(text), text));
    return ({ value }) => blocks.some((one) => blockContains(one, value));
  };
  const unspecified = inAny('0.0.0.0/32', '::/128');
  const loopback = inAny('127.0.0.0/8', '::1/128');
  const multicast = inAny('224.0.0.0/4', 'ff00::/8');
  const linkLocal = inAny('169.254.0.0/16', 'fe80::/10');
  const broadcast = inAny('255.255.255.255/32');
  return environment
    .registerFunction('IP.isUnspecified(): bool', unspecified)
    .registerFunction('IP.isLoopback(): bool', loopback)
    .registerFunction('IP.isLinkLocalUnicast(): bool', linkLocal)
    .registerFunction('IP.isLinkLocalMulticast(): bool', inAny('224.0.0.0/24', 'ff02::/16'))
    .registerFunction(
      'IP.isGlobalUnicast(): bool',
      (ip: IP) => ![unspecified, loopback, multicast, linkLocal, broadcast].some((test) => test(ip)),
    );
}

/** As `ip()` of Kubernetes: IPv4 addresses written as IPv6 are refused. */
function parseStrictAddress(text: string): IPAddress | undefined {
  const parsed = parseAddress(text);
  return parsed?.family === 6 && parsed.bits >> 32n === 0xffffn ? undefined : parsed;
}

function masked({ address: { family, bits }, prefixLength }: AddressBlock): AddressBlock {
  const shift = BigInt(bitsOf(family) - prefixLength);
  return { address: { family, bits: (bits >> shift) << shift }, prefixLength };
}

function containsBlock(outer: AddressBlock, inner: AddressBlock): boolean {
  return inner.prefixLength >= outer.prefixLength && blockContains(outer, inner.address);
}

function must<Value>(value: Value | undefined, message: string): Value {
  if (value === undefined) throw new Error(message);
  return value;
}
