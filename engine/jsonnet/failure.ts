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

/** `LimitExceeded` is a budget that ran out; all else is the program's own doing. */
export type FailureCode = 'EvaluationFailed' | 'LimitExceeded' | 'ImportFailed';

/** Throws a Failure. */
export function fail(message: string): never {
  throw new Failure(message);
}

/** Throws the Failure of a budget that ran out. */
export function exceed(message: string): never {
  throw new Failure(message, 'LimitExceeded');
}
