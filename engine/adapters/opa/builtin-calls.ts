import { type BuiltinContext, BuiltinError, type Builtins } from './builtins/builtin.js';
import { EvaluationFailure } from './evaluation-failure.js';
import { type PreparedValue, prepareValue } from './policy-memory.js';
import type { RegoValue } from './rego-value.js';
import type { StepBudget } from './step-budget.js';

/** What a call costs: about as long as so many turns of a loop. */
const STEPS_PER_CALL = 20;
/** Characters that results are remembered for, and what each result adds for itself. */
const REMEMBERED_CHARACTERS = 8 * 1024 * 1024;
const CHARACTERS_PER_RESULT = 128;

/** What a built-in gave for a text, and the steps that it took. */
interface Remembered {
  readonly result: PreparedValue;
  readonly steps: number;
}

/** The calls that the policies of one instance make. */
export class BuiltinCalls {
  readonly #builtins: Builtins;
  readonly #budget: StepBudget;
  readonly #context: BuiltinContext;
  /** By built-in and its only operand: the entrypoints of one input often ask the same. */
  readonly #remembered = new Map<string, Map<string, Remembered>>();
  #characters = 0;
  readonly #patterns = new Set<string>();
  #now: () => bigint | undefined = () => undefined;

  constructor(builtins: Builtins, budget: StepBudget) {
    this.#builtins = builtins;
    this.#budget = budget;
    const now = () => this.#now();
    this.#context = {
      get now() {
        return now();
      },
      spend: (steps) => budget.spend(steps),
      isFirst: (pattern) => this.#isFirst(pattern),
    };
  }

  /** Begins with another input. `now` gives what `time.now_ns` gives, and is asked only for that. */
  beginInput(now: () => bigint | undefined): void {
    this.#now = now;
    this.#remembered.clear();
    this.#characters = 0;
  }

  /** Begins an evaluation: what its calls cost depends on nothing before. */
  beginEvaluation(): void {
    this.#patterns.clear();
  }

  /** The result of a built-in. Throws EvaluationFailure. */
  answer(name: string, operands: readonly RegoValue[]): PreparedValue {
    this.#budget.spend(STEPS_PER_CALL);
    const [only] = operands;
    if (operands.length === 1 && typeof only === 'string') return this.#answerOnce(name, only);
    return prepareValue(this.#call(name, operands));
  }

  /** Takes as many steps every time as the first time, so that no evaluation depends on those before it. */
  #answerOnce(name: string, operand: string): PreparedValue {
    const known = this.#remembered.get(name)?.get(operand);
    if (known !== undefined) {
      this.#budget.spend(known.steps);
      return known.result;
    }
    const before = this.#budget.left;
    const result = prepareValue(this.#call(name, [operand]));
    this.#remember(name, operand, { result, steps: before - this.#budget.left });
    return result;
  }

  #remember(name: string, operand: string, answer: Remembered): void {
    const characters = CHARACTERS_PER_RESULT + operand.length + lengthOf(answer.result);
    if (this.#characters + characters > REMEMBERED_CHARACTERS) return;
    this.#characters += characters;
    const others = this.#remembered.get(name) ?? new Map<string, Remembered>();
    this.#remembered.set(name, others.set(operand, answer));
  }

  #isFirst(pattern: string): boolean {
    if (this.#patterns.has(pattern)) return false;
    this.#patterns.add(pattern);
    return true;
  }

  #call(name: string, operands: readonly RegoValue[]): RegoValue | undefined {
    try {
      return this.#builtins[name]!(operands, this.#context);
    } catch (error) {
      if (!(error instanceof BuiltinError)) throw error;
      const failure = new EvaluationFailure('Builtin', `${name}: ${error.message}`, { cause: error });
      throw failure;
    }
  }
}

function lengthOf(value: PreparedValue): number {
  if (value === null || 'yes' in value) return 0;
  return 'text' in value ? value.text.length : value.printed.length;
}
