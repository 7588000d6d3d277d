/**
 * Ends an evaluation with what went wrong, in a sentence. It knows no place: whoever catches it reads the place from
 * the JavaScript stack, which it carries as every Error does.
 */
export class Failure extends Error {
  override readonly name = 'Failure';
  /** What sort of failure it is, for programs. */
  readonly code: FailureCode;

  constructor(message: string, code: FailureCode = 'EvaluationFailed') {
    super(message);
    this.code = code;
  }
}

/** The program's own doing, or the limit that it met. */
export type FailureCode = 'EvaluationFailed' | 'ImportFailed' | LimitCode;

/** A limit of the evaluation: steps, depth, the length of a text, the size of the result, the number of imports. */
export type LimitCode = 'TooManySteps' | 'TooDeep' | 'TextTooLong' | 'OutputTooLarge' | 'TooManyImports';

/** Throws a Failure. */
export function fail(message: string): never {
  throw new Failure(message);
}

/** Throws the Failure of a budget that ran out. */
export function exceed(code: LimitCode, message: string): never {
  throw new Failure(message, code);
}
