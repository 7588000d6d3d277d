import { doubleOf, ExactNumber, numberText } from '../rego-number.js';
import { formatTerm } from '../rego-text.js';
import { isRegoNumber, type RegoValue } from '../rego-value.js';
import { arrayAt, type Builtin, BuiltinError, textAt } from './builtin.js';
import { formatFloat } from './format-float.js';
import { type FormatState, newState } from './format-state.js';
import { formatBigInteger, formatInteger, formatText } from './format-values.js';

/** An operand of `sprintf` with the Go type that OPA gives it. */
type Argument =
  | { readonly type: 'int64'; readonly value: bigint }
  | { readonly type: '*big.Int'; readonly value: bigint }
  | { readonly type: 'float64'; readonly value: number }
  | { readonly type: 'string'; readonly value: string };

/** @see v1/topdown/strings.go of OPA, builtinSprintf */
function argumentOf(value: RegoValue): Argument {
  if (typeof value === 'string') return { type: 'string', value };
  if (!isRegoNumber(value)) return { type: 'string', value: formatTerm(value) };
  const text = numberText(value);
  if (/[.eE]/.test(text)) {
    const double = doubleOf(value);
    return Number.isFinite(double) ? { type: 'float64', value: double } : { type: 'string', value: text };
  }
  const integer = BigInt(value instanceof ExactNumber ? value.text : value);
  return { type: BigInt.asIntN(64, integer) === integer ? 'int64' : '*big.Int', value: integer };
}

function formatArgument(argument: Argument, verb: string, state: FormatState): string {
  if (verb === 'T') return formatText(argument.type, 's', state)!;
  return formatKnown(argument, verb, state) ?? badVerb(argument, verb, state);
}

function formatKnown(argument: Argument, verb: string, state: FormatState): string | undefined {
  switch (argument.type) {
    case 'int64':
      return formatInteger(argument.value, verb, state);
    case '*big.Int':
      return formatBigInteger(argument.value, verb, state);
    case 'float64':
      return /^[beEfFgGxXv]$/.test(verb) ? formatFloat(argument.value, verb, state) : undefined;
    case 'string':
      return formatText(argument.value, verb, state);
  }
}

function badVerb(argument: Argument, verb: string, state: FormatState): string {
  if (argument.type === '*big.Int') return `%!${verb}(big.Int=${argument.value})`;
  return `%!${verb}(${argument.type}=${formatKnown(argument, 'v', state)})`;
}

const LARGEST_FIELD = 1_000_000;
const LONGEST_OUTPUT = 16_000_000;

/** Follows `doPrintf` of Go's fmt/print.go step by step, so that mistakes in a format look as they do in OPA. */
class Formatter {
  #at = 0;
  #next = 0;
  #state = newState();
  #isGoodIndex = true;
  #isReordered = false;
  #afterIndex = false;
  #output = '';

  readonly format: string;
  readonly operands: readonly Argument[];

  constructor(format: string, operands: readonly Argument[]) {
    this.format = format;
    this.operands = operands;
  }

  run(): string {
    while (this.#at < this.format.length) {
      const percent = this.format.indexOf('%', this.#at);
      this.#output += this.format.slice(this.#at, percent === -1 ? undefined : percent);
      if (percent === -1) break;
      this.#at = percent + 1;
      this.#directive();
      if (this.#output.length > LONGEST_OUTPUT) throw new BuiltinError('the result is too long');
    }
    if (!this.#isReordered && this.#next < this.operands.length) this.#extra();
    return this.#output;
  }

  #extra(): void {
    const rest = this.operands.slice(this.#next);
    const shown = rest.map((argument) => `${argument.type}=${formatArgument(argument, 'v', newState())}`);
    this.#output += `%!(EXTRA ${shown.join(', ')})`;
  }

  #directive(): void {
    this.#state = newState();
    this.#isGoodIndex = true;
    this.#afterIndex = false;
    this.#flags();
    this.#index();
    this.#width();
    this.#precision();
    if (!this.#afterIndex) this.#index();
    this.#verb();
  }

  #flags(): void {
    for (; this.#at < this.format.length; this.#at += 1) {
      const flag = this.format[this.#at];
      if (flag === '#') this.#state.sharp = true;
      else if (flag === '0') this.#state.zero = true;
      else if (flag === '+') this.#state.plus = true;
      else if (flag === '-') this.#state.minus = true;
      else if (flag === ' ') this.#state.space = true;
      else return;
    }
  }

  /** `[3]`: the operand that is next. */
  #index(): void {
    this.#afterIndex = false;
    if (this.format[this.#at] !== '[') return;
    this.#isReordered = true;
    const close = this.format.indexOf(']', this.#at);
    if (close === -1) {
      this.#isGoodIndex = false;
      this.#at += 1;
      return;
    }
    const text = this.format.slice(this.#at + 1, close);
    this.#at = close + 1;
    const index = /^\d+$/.test(text) && Number(text) <= LARGEST_FIELD ? Number(text) - 1 : undefined;
    this.#afterIndex = index !== undefined;
    if (index !== undefined && index >= 0 && index < this.operands.length) this.#next = index;
    else this.#isGoodIndex = false;
  }

  #number(): number | undefined {
    const digits = /^\d+/.exec(this.format.slice(this.#at, this.#at + 20))?.[0];
    if (digits === undefined) return undefined;
    if (Number(digits) > LARGEST_FIELD) {
      this.#at = this.format.length;
      return undefined;
    }
    this.#at += digits.length;
    return Number(digits);
  }

  /** `*`: the operand that is a width or precision. */
  #star(): number | undefined {
    const argument = this.operands[this.#next];
    if (argument === undefined) return undefined;
    this.#next += 1;
    if (argument.type !== 'int64') return undefined;
    const value = Number(argument.value);
    return Math.abs(value) > LARGEST_FIELD ? undefined : value;
  }

  #width(): void {
    const state = this.#state;
    if (this.format[this.#at] !== '*') {
      state.width = this.#number();
      if (this.#afterIndex && state.width !== undefined) this.#isGoodIndex = false;
      return;
    }
    this.#at += 1;
    state.width = this.#star();
    this.#afterIndex = false;
    if (state.width === undefined) this.#output += '%!(BADWIDTH)';
    else if (state.width < 0) {
      state.width = -state.width;
      state.minus = true;
      state.zero = false;
    }
  }

  #precision(): void {
    if (this.format[this.#at] !== '.') return;
    this.#at += 1;
    if (this.#afterIndex) this.#isGoodIndex = false;
    this.#index();
    if (this.format[this.#at] !== '*') {
      this.#state.precision = this.#number() ?? 0;
      return;
    }
    this.#at += 1;
    const precision = this.#star();
    this.#afterIndex = false;
    this.#state.precision = precision !== undefined && precision < 0 ? undefined : precision;
    if (this.#state.precision === undefined) this.#output += '%!(BADPREC)';
  }

  #verb(): void {
    const point = this.format.codePointAt(this.#at);
    if (point === undefined) {
      this.#output += '%!(NOVERB)';
      return;
    }
    const verb = String.fromCodePoint(point);
    this.#at += verb.length;
    const argument = this.operands[this.#next];
    if (verb === '%') this.#output += '%';
    else if (!this.#isGoodIndex) this.#output += `%!${verb}(BADINDEX)`;
    else if (argument === undefined) this.#output += `%!${verb}(MISSING)`;
    else {
      this.#next += 1;
      if (verb === 'v' || verb === 'w') this.#valueFlags();
      this.#output += formatArgument(argument, verb, this.#state);
    }
  }

  #valueFlags(): void {
    this.#state.sharpValue = this.#state.sharp;
    this.#state.plusValue = this.#state.plus;
    this.#state.sharp = false;
    this.#state.plus = false;
  }
}

/** `sprintf`: Go's `fmt.Sprintf`. */
export const sprintf: Builtin = (operands) => {
  const format = textAt(operands, 0);
  return new Formatter(format, arrayAt(operands, 1).map(argumentOf)).run();
};
