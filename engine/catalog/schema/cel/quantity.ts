import type { Environment } from '@marcbachmann/cel-js';

const NANO = 1_000_000_000n;
const SUFFIXES: Readonly<Record<string, readonly [numerator: bigint, denominator: bigint]>> = {
  n: [1n, NANO],
  u: [1n, 1_000_000n],
  m: [1n, 1000n],
  '': [1n, 1n],
  k: [10n ** 3n, 1n],
  M: [10n ** 6n, 1n],
  G: [10n ** 9n, 1n],
  T: [10n ** 12n, 1n],
  P: [10n ** 15n, 1n],
  E: [10n ** 18n, 1n],
  Ki: [1n << 10n, 1n],
  Mi: [1n << 20n, 1n],
  Gi: [1n << 30n, 1n],
  Ti: [1n << 40n, 1n],
  Pi: [1n << 50n, 1n],
  Ei: [1n << 60n, 1n],
};

/** A Kubernetes quantity (`500m`, `2Gi`), in billionths, rounded up as apimachinery does. */
class Quantity {
  readonly nanos: bigint;

  constructor(nanos: bigint) {
    this.nanos = nanos;
  }

  valueOf(): bigint {
    return this.nanos;
  }
}

/** Parses a quantity; undefined for what is none. */
function parseQuantity(text: string): Quantity | undefined {
  const match = /^([+-]?)(\d+\.?\d*|\.\d+)(?:[eE]([+-]?\d{1,2})|([numkMGTPE]|[KMGTPE]i)?)$/.exec(text);
  if (match === null) return undefined;
  const [, sign, number = '', exponent, suffix = ''] = match;
  const [whole = '', fraction = ''] = number.split('.');
  const power = Number(exponent ?? 0);
  const [numerator, denominator] = SUFFIXES[suffix] ?? [1n, 1n];
  const scale = 10n ** BigInt(fraction.length + Math.max(0, -power)) * denominator;
  const scaled = BigInt(`${whole}${fraction}`) * numerator * NANO * 10n ** BigInt(Math.max(0, power));
  const nanos = (scaled + scale - 1n) / scale;
  return new Quantity(sign === '-' ? -nanos : nanos);
}

/** Registers Kubernetes' quantity library. */
export function registerQuantities(environment: Environment): Environment {
  const parse = (text: string): Quantity => {
    const quantity = parseQuantity(text);
    if (quantity === undefined) throw new Error('the text is no quantity');
    return quantity;
  };
  const amount = (operand: bigint | Quantity): bigint => (typeof operand === 'bigint' ? operand * NANO : operand.nanos);
  const toInteger = ({ nanos }: Quantity): bigint => {
    if (nanos % NANO !== 0n) throw new Error('the quantity is no integer');
    return nanos / NANO;
  };
  environment
    .registerType('Quantity', Quantity)
    .registerOperator('Quantity == Quantity', (left: Quantity, right: Quantity) => left.nanos === right.nanos)
    .registerFunction('quantity(string): Quantity', parse)
    .registerFunction('isQuantity(string): bool', (text: string) => parseQuantity(text) !== undefined)
    .registerFunction('Quantity.sign(): int', ({ nanos }: Quantity) => signOf(nanos))
    .registerFunction('Quantity.isInteger(): bool', ({ nanos }: Quantity) => nanos % NANO === 0n)
    .registerFunction('Quantity.asInteger(): int', toInteger)
    .registerFunction('Quantity.asApproximateFloat(): double', ({ nanos }: Quantity) => Number(nanos) / 1e9)
    .registerFunction(
      'Quantity.isLessThan(Quantity): bool',
      (left: Quantity, right: Quantity) => left.nanos < right.nanos,
    )
    .registerFunction(
      'Quantity.isGreaterThan(Quantity): bool',
      (left: Quantity, right: Quantity) => left.nanos > right.nanos,
    )
    .registerFunction('Quantity.compareTo(Quantity): int', (left: Quantity, right: Quantity) => {
      return signOf(left.nanos - right.nanos);
    });
  for (const type of ['Quantity', 'int']) {
    environment
      .registerFunction(
        `Quantity.add(${type}): Quantity`,
        (left: Quantity, right: bigint | Quantity) => new Quantity(left.nanos + amount(right)),
      )
      .registerFunction(
        `Quantity.sub(${type}): Quantity`,
        (left: Quantity, right: bigint | Quantity) => new Quantity(left.nanos - amount(right)),
      );
  }
  return environment;
}

function signOf(number: bigint): bigint {
  if (number === 0n) return 0n;
  return number > 0n ? 1n : -1n;
}
