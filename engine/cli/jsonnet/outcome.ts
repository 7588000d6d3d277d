import { JsonnetError } from '#jsonnet/jsonnet-error.js';
import { sortedKeys } from '#jsonnet/text/code-points.js';
import { manifestOutput } from '#jsonnet/text/manifest-json.js';
import { isPlainArray, isPlainObject, type Plain, typeName } from '#jsonnet/text/plain.js';
import { errorText } from './error-text.js';
import type { Flags } from './flags.js';

/** What is to be written: one text, the documents of a stream, or files in their order; or why there is nothing. */
export type Outcome =
  | { readonly text: string }
  | { readonly documents: readonly string[] }
  | { readonly files: readonly OutputFile[] }
  | { readonly error: string };

/** A file of --multi. */
export interface OutputFile {
  readonly name: string;
  readonly content: string;
}

/** A value as the flags want it written. */
export function outcomeOf(value: Plain, { multi, stream, isText, endsLine }: Flags): Outcome {
  const end = endsLine ? '\n' : '';
  if (multi !== undefined) return filesOf(value, isText, end);
  if (stream) {
    if (!isPlainArray(value)) return refused(`stream mode: the result is an array of documents, not ${a(value)}`);
    return { documents: value.map((each) => `${manifestOutput(each)}\n`) };
  }
  if (!isText) return { text: manifestOutput(value) + end };
  return typeof value === 'string' ? { text: value + end } : refused(`expected string result, got: ${typeName(value)}`);
}

function filesOf(value: Plain, isText: boolean, end: string): Outcome {
  if (!isPlainObject(value)) return refused(`multi mode: the result is an object of files by name, not ${a(value)}`);
  const files: OutputFile[] = [];
  for (const name of sortedKeys(value)) {
    const content = value[name] as Plain;
    if (isText && typeof content !== 'string')
      return refused(`multi mode: the file ${name} is a text, not ${a(content)}`);
    files.push({ name, content: (isText ? String(content) : manifestOutput(content)) + end });
  }
  return { files };
}

function a(value: Plain): string {
  return value === null ? 'null' : `a value of type ${typeName(value)}`;
}

function refused(message: string): Outcome {
  return {
    error: errorText(new JsonnetError('EvaluationFailed', message, []), { maxTrace: 0, textOf: () => undefined }),
  };
}
