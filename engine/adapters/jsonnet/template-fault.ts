import type { ErrorCode } from '#errors/codes.js';
import { EdictError } from '#errors/edict-error.js';
import { fragmentOf } from '#errors/fault.js';
import type { Limits } from '#model/rule.js';
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

/** The same error, whose faults also name the object that was evaluated for. */
export function naming(error: unknown, object: string): unknown {
  if (!(error instanceof EdictError)) return error;
  const faults = error.faults.map((fault) => ({ ...fault, location: { ...fault.location, object } }));
  return new EdictError(faults, { cause: error });
}

/** The error of an output over its limit. */
export function tooLarge(what: string, template: string, { output }: Limits): EdictError {
  return new EdictError({
    code: 'TemplateOutputTooLarge',
    message: `${what}, and the rule allows ${output}`,
    location: { file: template },
    remedy: 'Return less, or raise limits.output in the rule.',
  });
}

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
  const said = message.replace(/^(RUNTIME|STATIC) ERROR: /, '');
  const parsed = placeInMessage(said);
  const frame = [parsed, ...frames].find(
    (each) => each !== undefined && each.file !== caller && Object.hasOwn(files, each.file),
  );
  const line = frame === undefined ? undefined : files[frame.file]?.split('\n')[frame.line - 1];
  const code = /max stack frames exceeded/.test(message) ? 'EvaluationTooDeep' : 'TemplateFailed';
  return new EdictError({
    code,
    message: fragmentOf(parsed?.message ?? said),
    location: frame === undefined ? { file: template } : { file: frame.file, line: frame.line, column: frame.column },
    ...(line === undefined ? {} : { fragment: fragmentOf(line) }),
    ...remedyFor(code),
  });
}

/** A file that does not parse has no frame: its place stands before the message, as `file:1:2-3` or `file:(1:2)-(3:4)`. */
function placeInMessage(text: string): (JsonnetFrame & { readonly message: string }) | undefined {
  const [, file, line, column, message] = /^([^\s:]+):\(?(\d+):(\d+)\S* ([\s\S]*)$/.exec(text) ?? [];
  if (file === undefined || message === undefined) return undefined;
  return { file, line: Number(line), column: Number(column), message };
}

function remedyFor(code: ErrorCode): { readonly remedy?: string } {
  switch (code) {
    case 'EvaluationTimeout':
      return { remedy: 'Make the template end: look for a loop or a comprehension that grows without bound.' };
    case 'EvaluationTooDeep':
      return { remedy: 'Make the recursion end, or raise limits.depth in the rule.' };
    case 'EvaluationOutOfMemory':
      return { remedy: 'Make the template smaller: look for a string or a list that grows without bound.' };
    case 'TemplateFailed':
      return { remedy: 'Correct the template at this line.' };
    default:
      return {};
  }
}
