import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { folderImporter } from '#adapters/jsonnet/folder-importer.js';
import type { Importer } from '#jsonnet/importer.js';
import { type EvaluationOptions, Jsonnet } from '#jsonnet/jsonnet.js';
import { JsonnetError } from '#jsonnet/jsonnet-error.js';
import { errorText, traceText } from './error-text.js';
import type { Flags } from './flags.js';
import { type Outcome, outcomeOf } from './outcome.js';

/** One evaluation of the command. It is plain data, so that a thread can be asked for it. */
export interface Request {
  readonly program: Program;
  /** The folder that paths are from. */
  readonly directory: string;
  readonly flags: Flags;
}

/** A program: its text, its path if it is a file, else empty, and what messages call it. */
export interface Program {
  readonly text: string;
  readonly path: string;
  readonly name: string;
}

/** Stands for the program where a path is asked for. No file has this name. */
const PROGRAM = '\u0000program';
/** The longest text that JavaScript can hold, about. */
const LONGEST_TEXT = 2 ** 29 - 24;

/** Evaluates a program as the jsonnet command does; its faults are data. `trace` is given the lines of std.trace. */
export function evaluate({ program, directory, flags }: Request, trace: (text: string) => void): Outcome {
  const { text, path: ownPath, name } = program;
  const others = folderImporter(directory, flags.libraries);
  const own = { path: ownPath, text: () => text, bytes: () => Buffer.from(text) };
  const importer: Importer = (from, path) => (path === PROGRAM ? own : others(from, path));
  const nameOf = (file: string): string => (file === ownPath ? name : file);
  const options = {
    ...optionsOf(flags),
    trace: (message, frame) => trace(traceText(message, frame && { ...frame, file: nameOf(frame.file) })),
  } satisfies EvaluationOptions;
  try {
    return outcomeOf(new Jsonnet(importer).evaluate(PROGRAM, options), flags);
  } catch (error) {
    if (!(error instanceof JsonnetError)) throw error;
    const { code, message, frames } = error;
    const named = new JsonnetError(
      code,
      message,
      frames.map((frame) => ({ ...frame, file: nameOf(frame.file) })),
    );
    const textOf = (file: string): string | undefined => (file === name ? text : textAt(resolve(directory, file)));
    return { error: errorText(named, { maxTrace: flags.maxTrace, textOf }) };
  }
}

/** What an evaluation is given, by the flags. As in the jsonnet command nothing bounds it but its depth. */
export function optionsOf({ external, topLevel, maxStack }: Flags): EvaluationOptions {
  const { POSITIVE_INFINITY: unbounded } = Number;
  return {
    external: Object.fromEntries(external),
    topLevel: Object.fromEntries(topLevel),
    limits: { steps: unbounded, depth: maxStack, text: LONGEST_TEXT, output: unbounded, imports: unbounded },
  };
}

/** The text of a file, or undefined where it cannot be read. */
export function textAt(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
