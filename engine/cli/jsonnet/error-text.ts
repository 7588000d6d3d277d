import type { Frame, JsonnetError } from '#jsonnet/jsonnet-error.js';
import { printable, printableLines } from '../console.js';

/** How many frames are shown (0: all), and where the texts of programs come from. */
export interface ErrorLayout {
  readonly maxTrace: number;
  readonly textOf: (file: string) => string | undefined;
}

/** An error as the jsonnet command writes it, with a new line at its end. None of its texts can move the cursor. */
export function errorText({ code, message, frames }: JsonnetError, { maxTrace, textOf }: ErrorLayout): string {
  const [first, ...others] = frames;
  if (code !== 'SyntaxInvalid' || first === undefined) {
    return `RUNTIME ERROR: ${printableLines(message)}\n${trace(frames, maxTrace)}`;
  }
  const line = textOf(first.file)?.split('\n')[first.line - 1];
  const shown = line === undefined || line.trim() === '' ? '' : `\n${printable(line.trimEnd())}\n\n`;
  return `${place(first)} ${printableLines(message)}\n${shown}${trace(others, maxTrace)}`;
}

/** What std.trace said, as the jsonnet command writes it. */
export function traceText(message: string, frame: Frame | undefined): string {
  return `TRACE: ${frame === undefined ? '' : `${printable(frame.file)}:${frame.line} `}${printableLines(message)}\n`;
}

function trace(frames: readonly Frame[], most: number): string {
  const lines = frames.map((frame) => `\t${place(frame)}\t${printable(frame.within)}\n`);
  if (most === 0 || lines.length <= most) return lines.join('');
  const above = Math.floor(most / 2);
  return [...lines.slice(0, above), '\t...\n', ...lines.slice(lines.length - (most - above))].join('');
}

function place({ file, line, column, endLine, endColumn }: Frame): string {
  if (line !== endLine) return `${printable(file)}:(${line}:${column})-(${endLine}:${endColumn})`;
  return `${printable(file)}:${line}:${column}${endColumn > column ? `-${endColumn}` : ''}`;
}
