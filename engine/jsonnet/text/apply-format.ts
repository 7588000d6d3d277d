import { fail } from '../failure.js';
import { characterOf } from './characters.js';
import { codePointLength } from './code-points.js';
import type { Directive, Format } from './format.js';
import {
  type NumberStyle,
  renderDecimal,
  renderGeneral,
  renderHexadecimal,
  renderInteger,
  renderScientific,
} from './render-number.js';
import { TextBudget } from './text-budget.js';

/** The values of a format. They may be lazy: each is asked for when its directive is reached, and only then. */
export interface FormatArguments<Value> {
  readonly kind: 'array' | 'object' | 'single';
  /** Number of elements; 1 when single. */
  readonly count: number;
  /** An element; the value itself, at 0, when single. Numbers, strings, booleans and null are JavaScript's own. */
  at(index: number): Value;
  /** A field, hidden ones included. */
  get(key: string): Value | undefined;
  /** What std.type says. */
  typeOf(value: Value): string;
}

/** std.format. `toText` is std.toString; a result of more than `budget` characters fails before it is built. */
export function applyFormat<Value>(
  format: Format,
  values: FormatArguments<Value>,
  toText: (value: Value) => string,
  budget: number,
): string {
  const formatter = new Formatter(values, toText, new TextBudget(budget));
  return values.kind === 'object' ? formatter.byKey(format) : formatter.byPosition(format);
}

/** A directive's value, width and precision: not asked for before they are needed. */
interface Operands<Value> {
  readonly value: () => Value;
  readonly width: () => number;
  readonly precision: () => number | undefined;
  /** Index or key, for messages. */
  readonly place: number | string;
}

class Formatter<Value> {
  readonly #values: FormatArguments<Value>;
  readonly #toText: (value: Value) => string;
  readonly #budget: TextBudget;

  constructor(values: FormatArguments<Value>, toText: (value: Value) => string, budget: TextBudget) {
    this.#values = values;
    this.#toText = toText;
    this.#budget = budget;
  }

  byPosition(format: Format): string {
    const { count } = this.#values;
    let text = '';
    let next = 0;
    for (const part of format) {
      if (typeof part === 'string') {
        text += this.#budget.spend(part);
        continue;
      }
      const widthAt = part.width === '*' ? next++ : -1;
      const precisionAt = part.precision === '*' ? next++ : -1;
      const place = part.conversion === '%' ? next : next++;
      text += this.#rendered(part, {
        value: () => this.#at(place, 'more than'),
        width: () => (part.width === '*' ? this.#number(this.#at(widthAt, 'at least')) : part.width),
        precision: () => (part.precision === '*' ? this.#optional(this.#at(precisionAt, 'at least')) : part.precision),
        place,
      });
    }
    if (next < count) fail(`Too many values to format: ${count}, expected ${next}`);
    return text;
  }

  byKey(format: Format): string {
    let text = '';
    for (const part of format) {
      if (typeof part === 'string') {
        text += this.#budget.spend(part);
        continue;
      }
      const { key = '', width, precision } = part;
      text += this.#rendered(part, {
        value: () => this.#field(part.key),
        width: () => (width === '*' ? fail('Cannot use * field width with object.') : width),
        precision: () => (precision === '*' ? fail('Cannot use * precision with object.') : precision),
        place: key,
      });
    }
    return text;
  }

  #rendered(directive: Directive, operands: Operands<Value>): string {
    return this.#budget.spend(this.#padded(directive, operands));
  }

  #padded(directive: Directive, operands: Operands<Value>): string {
    if (directive.left) {
      const text = this.#converted(directive, operands);
      return this.#budget.padRight(text, operands.width(), ' ');
    }
    const width = operands.width();
    return this.#budget.padLeft(this.#converted(directive, operands), width, ' ');
  }

  #converted(directive: Directive, operands: Operands<Value>): string {
    const { conversion } = directive;
    if (conversion === '%') return '%';
    const value = operands.value();
    if (conversion === 's') return typeof value === 'string' ? value : this.#toText(value);
    if (conversion === 'c') return this.#character(value);
    if (typeof value !== 'number') {
      return fail(`Format required number at ${operands.place}, got ${this.#values.typeOf(value)}`);
    }
    return this.#numeric(value, directive, operands);
  }

  #numeric(value: number, directive: Directive, operands: Operands<Value>): string {
    const { conversion, zero, left } = directive;
    const style: NumberStyle = { ...directive, zeros: zero && !left ? operands.width() : 0, budget: this.#budget };
    const precision = operands.precision();
    switch (conversion) {
      case 'd':
        return renderInteger(value, precision ?? 0, 10, style);
      case 'o':
        return renderInteger(value, precision ?? 0, 8, style);
      case 'x':
        return renderHexadecimal(value, precision ?? 0, style);
      case 'f':
        return renderDecimal(value, precision ?? 6, true, style);
      case 'e':
        return renderScientific(value, precision ?? 6, true, style);
      default:
        return renderGeneral(value, precision ?? 6, style);
    }
  }

  #character(value: Value): string {
    if (typeof value === 'number') return characterOf(value);
    if (typeof value !== 'string') return fail(`%c expected number / string, got: ${this.#values.typeOf(value)}`);
    const length = codePointLength(value);
    return length === 1 ? value : fail(`%c expected 1-sized string got: ${length}`);
  }

  #at(index: number, expected: string): Value {
    const { count } = this.#values;
    if (index >= count) fail(`Not enough values to format: ${count}, expected ${expected} ${index}`);
    return this.#values.at(index);
  }

  #field(key: string | undefined): Value {
    if (key === undefined) return fail('Mapping keys required.');
    const value = this.#values.get(key);
    return value === undefined ? fail(`No such field: ${key}`) : value;
  }

  #number(value: Value): number {
    return typeof value === 'number' ? value : fail(`Unexpected type ${this.#values.typeOf(value)}, expected number`);
  }

  #optional(value: Value): number | undefined {
    return value === null ? undefined : this.#number(value);
  }
}
