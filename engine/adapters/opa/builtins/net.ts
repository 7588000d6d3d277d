import { isRegoArray, RegoObject, RegoSet, type RegoValue } from '../rego-value.js';
import { BuiltinError, type Builtins, itemsAt, textAt } from './builtin.js';
import { type Address, formatAddress, formatNetwork, type Network, parseAddress, parseNetwork } from './net-address.js';

function networkOf(text: string): Network {
  const network = parseNetwork(text);
  if (network === undefined) throw new BuiltinError('not a valid textual representation of an IP address or CIDR');
  return network;
}

function lastOf({ first, bits, length }: Network): bigint {
  return first | ((1n << BigInt(bits - length)) - 1n);
}

/** An IPv4-mapped IPv6 address is its IPv4 address, as in Go. */
function containsAddress(network: Network, address: Address): boolean {
  return network.bits === address.bits && address.value >= network.first && address.value <= lastOf(network);
}

function containsText(outer: Network, text: string): boolean {
  const address = parseAddress(text);
  if (address !== undefined) return containsAddress(outer, address);
  const inner = networkOf(text);
  return inner.bits === outer.bits && inner.first >= outer.first && lastOf(inner) <= lastOf(outer);
}

/** Texts of a collection with what tells them apart: index, key, or the item itself. */
function labelled(value: RegoValue): readonly (readonly [string, RegoValue])[] {
  if (typeof value === 'string') return [[value, value]];
  return membersOf(value).map(([item, label]) => {
    const text = isRegoArray(item) ? item[0] : item;
    if (typeof text !== 'string') throw new BuiltinError('element must be string or non-empty array');
    return [text, label];
  });
}

function membersOf(value: RegoValue): readonly (readonly [RegoValue, RegoValue])[] {
  if (isRegoArray(value)) return value.map((item, index) => [item, index]);
  if (value instanceof RegoSet) return value.items.map((item) => [item, item]);
  return value instanceof RegoObject ? value.entries.map(([key, item]) => [item, key]) : [];
}

function matches(outer: RegoValue, inner: RegoValue, spend: (steps: number) => void): RegoSet {
  const [networks, members] = [labelled(outer), labelled(inner)];
  spend(networks.length * members.length * 10);
  const found = networks.flatMap(([text, label]) =>
    members.filter(([member]) => containsText(networkOf(text), member)).map(([, other]) => [label, other]),
  );
  return RegoSet.of(found);
}

function expanded(network: Network, spend: (steps: number) => void): RegoSet {
  const count = lastOf(network) - network.first + 1n;
  spend(Number(count) * 20);
  const addresses = Array.from({ length: Number(count) }, (_, index) => network.first + BigInt(index));
  return RegoSet.of(addresses.map((value) => formatAddress({ value, bits: network.bits })));
}

/** A single address stands for its classful network, as Go's `IP.DefaultMask` says, and is shown with its length. */
function mergeable(text: string): Mergeable {
  const address = parseAddress(text);
  if (address === undefined) {
    const network = networkOf(text);
    return { ...network, text: formatNetwork(network) };
  }
  if (address.bits !== 32) throw new BuiltinError('IPv6 invalid: needs prefix length');
  const leading = Number(address.value >> 24n);
  const length = classLength(leading);
  const host = BigInt(32 - length);
  return { first: (address.value >> host) << host, bits: 32, length, text: `${formatAddress(address)}/${length}` };
}

function classLength(leading: number): number {
  if (leading < 0x80) return 8;
  return leading < 0xc0 ? 16 : 24;
}

interface Span {
  readonly first: bigint;
  readonly last: bigint;
  /** What the span is shown as while it is one network alone. */
  readonly alone: string | undefined;
}

type Mergeable = Network & { readonly text: string };

function spansOf(networks: readonly Mergeable[]): Span[] {
  const sorted: Span[] = networks.map((network) => ({
    first: network.first,
    last: lastOf(network),
    alone: network.text,
  }));
  sorted.sort((left, right) => Number(left.first > right.first) - Number(left.first < right.first));
  const spans: Span[] = [];
  for (const span of sorted) {
    const previous = spans.at(-1);
    if (previous === undefined || span.first > previous.last + 1n) spans.push(span);
    else {
      const last = span.last > previous.last ? span.last : previous.last;
      spans[spans.length - 1] = { first: previous.first, last, alone: undefined };
    }
  }
  return spans;
}

function networksOf({ first, last }: Span, bits: number): Network[] {
  const networks: Network[] = [];
  for (let start = first; start <= last; ) {
    let host = 0n;
    while (host < BigInt(bits) && start % (1n << (host + 1n)) === 0n && start + (1n << (host + 1n)) - 1n <= last)
      host += 1n;
    networks.push({ first: start, bits, length: bits - Number(host) });
    start += 1n << host;
  }
  return networks;
}

function merged(networks: readonly Mergeable[]): RegoSet {
  const results = [32, 128].flatMap((bits) =>
    spansOf(networks.filter((network) => network.bits === bits)).flatMap((span) =>
      span.alone === undefined ? networksOf(span, bits).map(formatNetwork) : [span.alone],
    ),
  );
  return RegoSet.of(results);
}

/** @see v1/topdown/cidr.go of OPA 1.22 */
export const netBuiltins: Builtins = {
  'net.cidr_is_valid': ([text]) => typeof text === 'string' && parseNetwork(text) !== undefined,
  'net.cidr_contains_matches': ([outer, inner], { spend }) => matches(outer!, inner!, spend),
  'net.cidr_expand': (operands, { spend }) => expanded(networkOf(textAt(operands, 0)), spend),
  'net.cidr_merge': (operands) => {
    const texts = itemsAt(operands, 0).map((item) => {
      if (typeof item !== 'string') throw new BuiltinError('element must be string');
      return item;
    });
    return merged(texts.map(mergeable));
  },
};
