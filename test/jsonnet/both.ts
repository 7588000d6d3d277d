import { Jsonnet } from '#jsonnet/jsonnet.js';
import { JsonnetError, type JsonnetErrorCode } from '#jsonnet/jsonnet-error.js';
import type { Limits } from '#jsonnet/runtime/budget.js';
import { manifestOutput } from '#jsonnet/text/manifest-json.js';
import { virtualImporter } from '#jsonnet/virtual-importer.js';
import type { JsonnetResult, JsonnetTool } from '#wasm/jsonnet-tool.js';
import { WasmError } from '#wasm/wasm-error.js';

/** A program, and what it is given. External variables and arguments are programs too, by name. */
export interface Program {
  readonly code: string;
  /** The files that it may import. */
  readonly files?: { readonly [path: string]: string };
  readonly libraries?: readonly string[];
  readonly external?: { readonly [name: string]: string };
  readonly topLevel?: { readonly [name: string]: string };
  readonly limits?: Partial<Limits>;
}

/** What a program gives, as JSON; or where it fails, as `line:column` or `file:line:column`, and how. */
export type Outcome =
  | { readonly text: string }
  | { readonly place: string | undefined; readonly code: JsonnetErrorCode | undefined; readonly message: string };

/** What a program is called. */
const PROGRAM = 'program.jsonnet';

/** What the engine makes of a program. What is no JsonnetError is thrown. */
export function evaluateHere({ code, files = {}, libraries = [], ...given }: Program): Outcome {
  const all = { ...files, [PROGRAM]: code };
  try {
    const value = new Jsonnet(virtualImporter(all, libraries)).evaluate(PROGRAM, {
      external: inputs('extvar', given.external),
      topLevel: inputs('top-level-arg', given.topLevel),
      ...(given.limits === undefined ? {} : { limits: given.limits }),
    });
    return { text: `${manifestOutput(value)}\n` };
  } catch (error) {
    if (!(error instanceof JsonnetError)) throw error;
    const [frame] = error.frames;
    return { place: frame && placeOf(frame, all), code: error.code, message: error.message };
  }
}

function inputs(
  kind: string,
  programs: Program['external'] = {},
): { readonly [name: string]: { readonly code: string; readonly name: string } } {
  return Object.fromEntries(
    Object.entries(programs).map(([name, code]) => [name, { code, name: `<${kind}:${name}>` }]),
  );
}

interface FramePlace {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** A place as the reference counts: columns are bytes. */
function placeOf({ file, line, column }: FramePlace, files: { readonly [path: string]: string }): string {
  const text = files[file]?.split('\n')[line - 1] ?? '';
  return written({ file, line, column: Buffer.byteLength(text.slice(0, column - 1)) + 1 });
}

function written({ file, line, column }: FramePlace): string {
  return `${file === PROGRAM ? '' : `${file}:`}${line}:${column}`;
}

/**
 * What the reference makes of a program. A fault in its own library stands where the program calls
 * that, and a file that cannot be parsed fails there and not where it is imported.
 */
export async function evaluateThere(reference: JsonnetTool, program: Program): Promise<Outcome> {
  const { code, libraries, external, topLevel } = program;
  const request = {
    file: PROGRAM,
    code,
    ...(libraries === undefined ? {} : { libraries }),
    ...(external === undefined ? {} : { extCode: external }),
    ...(topLevel === undefined ? {} : { tlaCode: topLevel }),
  };
  const result: JsonnetResult = await reference.evaluate(request).catch((error: unknown) => {
    if (error instanceof WasmError) return { error: { message: RAN_AWAY, frames: [] } };
    throw error;
  });
  if ('text' in result) return { text: result.text };
  const { frames, message } = result.error;
  const imported = /^([^\s:]+:\d+:\d+)-/.exec(message)?.[1]?.replace(`${PROGRAM}:`, '');
  const frame = frames.find(({ file }) => file !== '<std>');
  return { place: imported ?? (frame && written(frame)), code: undefined, message };
}

/** What two implementations make of a program: the same, not the same, or something that cannot be compared. */
export type Verdict = 'same' | 'different' | 'unknown';

/**
 * Compares what a program gives here and there: byte for byte, or that both fail. Each counts its depth in its own way,
 * and only the engine counts steps; go-jsonnet has defects of its own, and takes two parameters of one name; and where go-jsonnet writes an infinite number, which is no JSON, the engine fails.
 */
export function compareOutcomes(here: Outcome, there: Outcome): Verdict {
  if ('code' in here && (LIMITS.has(here.code ?? '') || here.message.startsWith('there are two parameters'))) {
    return 'unknown';
  }
  if ('message' in there && INCOMPARABLE.test(there.message)) return 'unknown';
  if ('text' in here && 'text' in there) return here.text === there.text ? 'same' : 'different';
  if ('text' in here) return 'different';
  return 'text' in there && !/(^|[\s"[])([+-]Inf|NaN)\b/.test(there.text) ? 'different' : 'same';
}

/** What becomes of a program that the reference cannot run. */
const RAN_AWAY = 'ran away';
const INCOMPARABLE = new RegExp(`max stack frames exceeded|caught this statically|${RAN_AWAY}`);
const LIMITS: ReadonlySet<string> = new Set(['TooManySteps', 'TooDeep', 'TextTooLong', 'OutputTooLarge']);
