/** How an evaluation can end without an answer. */
export type FailureKind = 'Builtin' | 'Abort' | 'Steps' | 'Memory' | 'Depth' | 'Defect';

/** An evaluation that ended without an answer. The instance must not be used again. */
export class EvaluationFailure extends Error {
  readonly kind: FailureKind;

  constructor(kind: FailureKind, message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }
}
