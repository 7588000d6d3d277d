import type { ErrorCode } from '#errors/codes.js';
import { EdictError } from '#errors/edict-error.js';
import { fragmentOf } from '#errors/fault.js';
import type { JsonnetFrame } from '#wasm/jsonnet-tool.js';
import { WasmError, type WasmErrorCode } from '#wasm/wasm-error.js';

/** Where the texts of a template are found, to show the line that failed. */
export interface TemplateSources {
  readonly files: { readonly [path: string]: string };
  /** Name of the program that calls templates: its frames are not the author's. */
  readonly caller: string;
}

const CODES: { readonly [code in WasmErrorCode]: ErrorCode } = {
  ArtifactMissing: 'ArtifactUnavailable',
  ArtifactBuildFailed: 'ArtifactUnavailable',
  EvaluationTimeout: 'EvaluationTimeout',
  EvaluationTooDeep: 'EvaluationTooDeep',
  EvaluationOutOfMemory: 'EvaluationOutOfMemory',
  EvaluationFailed: 'TemplateFailed',
  WorkerClosed: 'InternalFault',
};

/** The error of an evaluation that was stopped, or could not begin. */
export function wasmFault(error: unknown, template: string): Error {
  if (!(error instanceof WasmError)) return error instanceof Error ? error : new Error(String(error));
  const code = CODES[error.code];
  const location = code === 'ArtifactUnavailable' ? {} : { file: template };
  return new EdictError({ code, message: error.message, location, ...remedyFor(code) }, { cause: error });
}

/** The error that a template raised, with the author's file, line and text. */
export function templateFault(
  { message, frames }: { readonly message: string; readonly frames: readonly JsonnetFrame[] },
  template: string,
  { files, caller }: TemplateSources,
): EdictError {
  const frame = frames.find(({ file }) => file !== caller && Object.hasOwn(files, file));
  const line = frame === undefined ? undefined : files[frame.file]?.split('\n')[frame.line - 1];
  const code = /max stack frames exceeded/.test(message) ? 'EvaluationTooDeep' : 'TemplateFailed';
  return new EdictError({
    code,
    message: fragmentOf(message.replace(/^(RUNTIME|STATIC) ERROR: /, '')),
    location: frame === undefined ? { file: template } : { file: frame.file, line: frame.line, column: frame.column },
    ...(line === undefined ? {} : { fragment: fragmentOf(line) }),
    ...remedyFor(code),
  });
}

function remedyFor(code: ErrorCode): { readonly remedy?: string } {
  switch (code) {
    case 'EvaluationTimeout':
      return { remedy: 'Make the template end: look for a loop or a comprehension that grows without bound.' };
    case 'EvaluationTooDeep':
      return { remedy: 'Make the recursion end, or raise limits.depth in the rule.' };
    case 'EvaluationOutOfMemory':
      return { remedy: 'Make the template smaller: look for a string or a list that grows without bound.' };
    default:
      return {};
  }
}
