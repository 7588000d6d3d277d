import { type Fault, formatFault } from '#errors/fault.js';
import type { CliEnvironment, GlobalOptions } from './environment.js';

/** The styles that output may have. Each gives its text back as it is where there is no colour. */
export interface Style {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly red: (text: string) => string;
  readonly green: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly cyan: (text: string) => string;
}

const CODES: { readonly [style in keyof Style]: readonly [number, number] } = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
};

/** No style at all. */
export const PLAIN: Style = styleOf(false);

function styleOf(coloured: boolean): Style {
  const paint = ([on, off]: readonly [number, number]): Style[keyof Style] =>
    coloured ? (text) => `\u001b[${on}m${text}\u001b[${off}m` : (text) => text;
  return Object.fromEntries(Object.entries(CODES).map(([name, code]) => [name, paint(code)])) as unknown as Style;
}

/** Where a verb prints: results on stdout, progress and faults on stderr. Text of custom resources cannot move the cursor. */
export class Console {
  readonly style: Style;
  readonly #environment: CliEnvironment;
  readonly #quiet: boolean;
  #progressShown = false;

  constructor(environment: CliEnvironment, { color, quiet }: Pick<GlobalOptions, 'color' | 'quiet'>) {
    this.#environment = environment;
    this.#quiet = quiet;
    const { NO_COLOR, FORCE_COLOR } = environment.variables;
    const wanted =
      color ?? (FORCE_COLOR !== undefined || (environment.stdout.isTTY === true && NO_COLOR === undefined));
    this.style = styleOf(wanted);
  }

  /** Writes a result. */
  print(text: string): void {
    this.#clearProgress();
    this.#environment.stdout.write(harmless(text.endsWith('\n') ? text : `${text}\n`));
  }

  /** Writes something that is not a result. */
  note(text: string): void {
    this.#clearProgress();
    this.#environment.stderr.write(harmless(text.endsWith('\n') ? text : `${text}\n`));
  }

  /** Shows how far long work is: one line that overwrites itself on a terminal, and only landmarks elsewhere. */
  progress(text: string): void {
    if (this.#quiet || this.#environment.stderr.isTTY !== true) return;
    this.#environment.stderr.write(`\r\u001b[2K${printable(text)}`);
    this.#progressShown = true;
  }

  /** Says that something slow begins, also where there is no terminal. */
  landmark(text: string): void {
    if (!this.#quiet) this.note(text);
  }

  #clearProgress(): void {
    if (this.#progressShown) this.#environment.stderr.write('\r\u001b[2K');
    this.#progressShown = false;
  }
}

/** `text` without control characters, which a custom resource could use to forge output. New lines become `⏎`. */
export function printable(text: string): string {
  return text.replaceAll('\n', '⏎').replace(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '\ufffd');
}

/** `text` whose control characters are the styles of this program, new lines and tabs: what no other place has made printable. */
function harmless(text: string): string {
  return text
    .replaceAll('\r\n', '\n')
    .replace(
      /(\u001b\[(?:1|2|22|31|32|33|36|39)m)|[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g,
      (_, style) => style ?? '\ufffd',
    );
}

/** A fault in one paragraph for people, none of whose texts can move the cursor or set a colour. */
export function faultText(fault: Fault): string {
  const { location, fragment, remedy } = fault;
  const place = Object.entries(location).map(([part, value]) => [
    part,
    typeof value === 'string' ? printable(value) : value,
  ]);
  return formatFault({
    ...fault,
    location: Object.fromEntries(place) as Fault['location'],
    message: printableLines(fault.message),
    ...(fragment === undefined ? {} : { fragment: printable(fragment) }),
    ...(remedy === undefined ? {} : { remedy: printable(remedy) }),
  });
}

/** `printable` of every line. */
export function printableLines(text: string): string {
  return text.split('\n').map(printable).join('\n');
}
