import { exceed } from '../failure.js';
import type { Origin } from '../syntax/source.js';

/** What an evaluation may use, at most. It is counted, not timed: the same program stops at the same place everywhere. */
export interface Limits {
  /** Calls, fields, thunks, and elements that the standard library handles. */
  readonly steps: number;
  /** Calls, fields and thunks inside each other. */
  readonly depth: number;
  /** UTF-16 units of any one text. */
  readonly text: number;
  /** UTF-16 units of the whole result, written as JSON without spaces. */
  readonly output: number;
  /** Imports of one program, directly or through others. */
  readonly imports: number;
}

/** Room for anything that a person would call a template. */
export const DEFAULT_LIMITS: Limits = {
  steps: 10_000_000,
  depth: 500,
  text: 64 * 1024 * 1024,
  output: 64 * 1024 * 1024,
  imports: 10_000,
};

/**
 * What the evaluation under way has used. There is one, because evaluation is synchronous; one inside another, from a
 * native function, puts it aside and back.
 */
export const budget: Used = { steps: 0, depth: 0, output: 0, writing: undefined, limits: DEFAULT_LIMITS };

interface Used {
  steps: number;
  depth: number;
  output: number;
  /** Where the field is written whose value is being made plain. */
  writing: Origin | undefined;
  limits: Limits;
}

/** Runs `evaluate` with a budget of its own. */
export function withBudget<T>(limits: Limits, evaluate: () => T): T {
  const before = { ...budget };
  Object.assign(budget, { steps: 0, depth: 0, output: 0, writing: undefined, limits });
  try {
    return evaluate();
  } finally {
    Object.assign(budget, before);
  }
}

/** Counts one call, field or thunk, inside the one under way. `leave` ends it; an error need not. */
export function enter(): void {
  budget.steps += 1;
  budget.depth += 1;
  if (budget.steps > budget.limits.steps) tooManySteps();
  if (budget.depth > budget.limits.depth) exceed('TooDeep', `calls are nested more than ${budget.limits.depth} deep`);
}

/** Ends what `enter` began. */
export function leave(): void {
  budget.depth -= 1;
}

/** Counts elements, or other work that no call stands for. */
export function spend(steps: number): void {
  budget.steps += steps;
  if (budget.steps > budget.limits.steps) tooManySteps();
}

/** Refuses a text longer than is allowed, before it is made: `length` counts UTF-16 units. */
export function refuseLongText(length: number): void {
  if (length > budget.limits.text)
    exceed('TextTooLong', `a text of ${length} characters is more than the ${budget.limits.text} allowed`);
}

/** Counts handling a text: its characters cost little, but they are not free. */
export function spendText(length: number): void {
  spend(length >> 6);
}

/** Refuses a text that is too long, and counts making it. */
export function claimText(length: number): void {
  refuseLongText(length);
  spendText(length);
}

function tooManySteps(): never {
  return exceed('TooManySteps', `the evaluation takes more than ${budget.limits.steps} steps`);
}
