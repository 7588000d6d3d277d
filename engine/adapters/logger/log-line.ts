import type { LogLevel } from './log-options.js';

/** What a line tells besides its message. Undefined is left out. */
export interface LogFields {
  readonly [name: string]: string | number | boolean | readonly string[] | undefined;
}

/** One line of a log. */
export interface LogLine {
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly level: LogLevel;
  readonly message: string;
  readonly fields: LogFields;
}
