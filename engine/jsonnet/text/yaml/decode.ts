import type { Plain } from '../plain.js';
import { keyOf } from './key.js';
import type { YamlNode } from './nodes.js';
import { isInteger, type ScalarValue, scalarValue } from './scalar-value.js';
import { failYaml } from './yaml-failure.js';

/** The deepest nesting of values, aliases followed. */
const DEEPEST = 1000;
/** Up to so many nodes, 99 of 100 may come from aliases; from the other number on, 10. */
const FEW_NODES = 400_000;
const MANY_NODES = 4_000_000;
const STANDARD = 'tag:yaml.org,2002:';

/** A value before its keys have become texts: by key, so that later pairs replace earlier ones. */
type Value = ScalarValue | readonly Value[] | Map<string, Pair>;

interface Pair {
  readonly key: ScalarValue;
  readonly value: Value;
}

/** The value of a document. Aliases are followed as often as they occur, within bounds. */
export function decode(node: YamlNode): Plain {
  return toPlain(new Decoder().value(node));
}

class Decoder {
  readonly #following = new Set<YamlNode>();
  /** The document itself counts. */
  #nodes = 1;
  #aliased = 0;
  #depth = 0;

  value(node: YamlNode): Value {
    this.#count();
    switch (node.kind) {
      case 'scalar':
        return node.tag === '' && !node.isImplicit ? node.value : scalarValue(node.tag, node.value);
      case 'alias':
        return this.#follow(node, (target) => this.value(target));
      case 'sequence':
        return this.#nested(() => node.children.map((child) => this.value(child)));
      default: {
        const pairs = new Map<string, Pair>();
        this.#nested(() => this.#fill(node.children, pairs));
        return pairs;
      }
    }
  }

  #fill(children: readonly YamlNode[], pairs: Map<string, Pair>): void {
    for (let index = 0; index < children.length; index += 2) {
      const keyNode = children[index] as YamlNode;
      const valueNode = children[index + 1] as YamlNode;
      if (isMerge(keyNode)) {
        this.#merge(valueNode, pairs);
        continue;
      }
      const key = this.value(keyNode);
      if (Array.isArray(key) || key instanceof Map) failYaml('invalid map key');
      const value = this.value(valueNode);
      pairs.set(identityOf(key as ScalarValue), { key: key as ScalarValue, value });
    }
  }

  /** The pairs of a mapping, or of several of which the first counts most, replace what is there. */
  #merge(node: YamlNode, pairs: Map<string, Pair>): void {
    const sources = node.kind === 'sequence' ? [...node.children].reverse() : [node];
    for (const source of sources) {
      const target = source.kind === 'alias' ? source.target : source;
      if (target.kind !== 'mapping') failYaml('map merge requires map or sequence of maps as the value');
      this.#mergeInto(source, pairs);
    }
  }

  #mergeInto(node: YamlNode, pairs: Map<string, Pair>): void {
    this.#count();
    if (node.kind === 'alias') this.#follow(node, (target) => this.#mergeInto(target, pairs));
    else if (node.kind === 'mapping') this.#nested(() => this.#fill(node.children, pairs));
  }

  #follow<Result>(node: YamlNode & { kind: 'alias' }, read: (target: YamlNode) => Result): Result {
    if (this.#following.has(node)) failYaml(`anchor '${node.name}' value contains itself`);
    this.#following.add(node);
    const result = this.#nested(() => read(node.target));
    this.#following.delete(node);
    return result;
  }

  #nested<Result>(read: () => Result): Result {
    if (++this.#depth > DEEPEST) failYaml(`exceeded max depth of ${DEEPEST}`);
    const result = read();
    this.#depth--;
    return result;
  }

  #count(): void {
    this.#nodes++;
    if (this.#following.size > 0) this.#aliased++;
    if (this.#aliased <= 100 || this.#nodes <= 1000) return;
    if (this.#aliased / this.#nodes > allowedRatio(this.#nodes)) failYaml('document contains excessive aliasing');
  }
}

function allowedRatio(nodes: number): number {
  if (nodes <= FEW_NODES) return 0.99;
  if (nodes >= MANY_NODES) return 0.1;
  return 0.99 - 0.89 * ((nodes - FEW_NODES) / (MANY_NODES - FEW_NODES));
}

function isMerge(node: YamlNode): boolean {
  return node.kind === 'scalar' && node.value === '<<' && (node.isImplicit || node.tag === `${STANDARD}merge`);
}

/** Keys are equal when type and value are. */
function identityOf(key: ScalarValue): string {
  return isInteger(key) ? `integer ${key.integer}` : `${typeof key} ${key}`;
}

function toPlain(value: Value): Plain {
  if (isInteger(value)) return Number(value.integer);
  if (typeof value === 'number') return Number.isFinite(value) ? value : failYaml(`unsupported value: ${value}`);
  if (value === null || typeof value !== 'object') return value;
  if (!(value instanceof Map)) return (value as readonly Value[]).map(toPlain);
  return Object.fromEntries([...value.values()].map((pair) => [keyOf(pair.key), toPlain(pair.value)]));
}
