import { EvaluationFailure } from './evaluation-failure.js';

/** The global of a metered module that counts down. */
export interface StepCounter {
  value: number;
}

/** More than any evaluation gets: for what is not an evaluation. */
export const UNLIMITED_STEPS = 0x7fffffff;

/**
 * The steps that the host takes from an evaluation. While the module runs they stand in its counter; the host takes them
 * over for as long as it works, because each look at the counter costs more than a step.
 */
export class StepBudget {
  #left = UNLIMITED_STEPS;

  /** Steps that are left to the host. */
  get left(): number {
    return this.#left;
  }

  /** Goes on with what the module has left. */
  takeOver(counter: StepCounter): void {
    this.#left = counter.value;
  }

  /** Leaves the rest to the module. */
  handBack(counter: StepCounter): void {
    counter.value = this.#left;
  }

  /** Takes steps. Throws EvaluationFailure where none is left. */
  spend(steps: number): void {
    this.#left -= Math.ceil(Math.min(steps, UNLIMITED_STEPS));
    if (this.#left < 0) throw new EvaluationFailure('Steps', 'the steps are used up');
  }
}
