/**
 * What can go wrong in this folder:
 * - `ArtifactMissing`: there is no artifact and nothing to build it with.
 * - `ArtifactBuildFailed`: Go refused; the message holds its output.
 * - `EvaluationTimeout`, `EvaluationTooDeep`, `EvaluationOutOfMemory`: the evaluated program ran away and was stopped.
 * - `EvaluationFailed`: the WebAssembly instance died for another reason, or refused the request.
 * - `WorkerClosed`: the worker was closed before the call was done.
 */
export type WasmErrorCode =
  | 'ArtifactMissing'
  | 'ArtifactBuildFailed'
  | 'EvaluationTimeout'
  | 'EvaluationTooDeep'
  | 'EvaluationOutOfMemory'
  | 'EvaluationFailed'
  | 'WorkerClosed';

/** The one error class of this folder; callers go by its `code`. */
export class WasmError extends Error {
  override readonly name = 'WasmError';
  readonly code: WasmErrorCode;

  constructor(code: WasmErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
