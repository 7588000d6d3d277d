import type { ErrorCode } from '#errors/codes.js';
import { EdictError } from '#errors/edict-error.js';
import { fragmentOf } from '#errors/fault.js';
import { JsonnetError, type JsonnetErrorCode } from '#jsonnet/jsonnet-error.js';

/** What each error of Jsonnet is to Edict, and what to do about it. */
const MEANINGS: { readonly [code in JsonnetErrorCode]: { readonly code: ErrorCode; readonly remedy: string } } = {
  SyntaxInvalid: { code: 'TemplateInvalid', remedy: 'Correct the template at this line.' },
  EvaluationFailed: { code: 'TemplateFailed', remedy: 'Correct the template at this line.' },
  ImportFailed: {
    code: 'TemplateInvalid',
    remedy: 'Import a .libsonnet file below templates/, by its path relative to the importing file.',
  },
  TooManySteps: {
    code: 'EvaluationTimeout',
    remedy: 'Make the template end: look for a loop that grows without bound; or raise limits.steps in the rule.',
  },
  TooDeep: { code: 'EvaluationTooDeep', remedy: 'Make the recursion end, or raise limits.depth in the rule.' },
  TextTooLong: {
    code: 'EvaluationOutOfMemory',
    remedy: 'Make the template smaller: look for a string that grows without bound.',
  },
  TooManyImports: { code: 'EvaluationOutOfMemory', remedy: 'Import fewer files.' },
  OutputTooLarge: { code: 'TemplateOutputTooLarge', remedy: 'Return less, or raise limits.output in the rule.' },
};

/** The same error, whose faults also name the object that was evaluated for. */
export function naming(error: EdictError, object: string): EdictError {
  const faults = error.faults.map((fault) => ({ ...fault, location: { ...fault.location, object } }));
  return new EdictError(faults, { cause: error });
}

/** The error that a template raised, with the author's file, line and text. Throws what no template is to blame for. */
export function templateError(
  error: unknown,
  template: string,
  files: { readonly [path: string]: string },
): EdictError {
  if (!(error instanceof JsonnetError)) throw error;
  const { code, remedy } = MEANINGS[error.code];
  const [frame] = error.frames;
  const line = frame === undefined ? undefined : files[frame.file]?.split('\n')[frame.line - 1];
  return new EdictError(
    {
      code,
      message: fragmentOf(error.message),
      location: frame === undefined ? { file: template } : { file: frame.file, line: frame.line, column: frame.column },
      ...(line === undefined ? {} : { fragment: fragmentOf(line) }),
      remedy,
    },
    { cause: error },
  );
}
