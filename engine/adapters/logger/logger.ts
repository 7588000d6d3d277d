import type { Clock } from '#model/clock.js';
import { formatJson, formatText } from './format.js';
import type { LogFields, LogLine } from './log-line.js';
import { LEVELS, type LogFormat, type LogLevel } from './log-options.js';

/** How a log is written, and where. */
export interface LoggerOptions {
  readonly level: LogLevel;
  readonly format: LogFormat;
  readonly clock: Clock;
  /** Takes a line with its end. */
  readonly write: (line: string, level: LogLevel) => void;
}

/**
 * Writes a log, one line for each thing that is told. Messages are constant, so that they can be searched for and counted:
 * what varies stands in fields. No field may hold an object or anything else that could be secret.
 */
export class Logger {
  readonly #options: LoggerOptions;
  readonly #fields: LogFields;

  constructor(options: LoggerOptions, fields: LogFields = {}) {
    this.#options = options;
    this.#fields = fields;
  }

  /** A log whose lines all have these fields. */
  with(fields: LogFields): Logger {
    return new Logger(this.#options, { ...this.#fields, ...fields });
  }

  /** Whether lines of this level are written. */
  isEnabled(level: LogLevel): boolean {
    return LEVELS.indexOf(level) >= LEVELS.indexOf(this.#options.level);
  }

  /** Writes a line, where its level is asked for. */
  log(level: LogLevel, message: string, fields: LogFields = {}): void {
    if (!this.isEnabled(level)) return;
    const { clock, format, write } = this.#options;
    const line: LogLine = { time: clock.now(), level, message, fields: { ...this.#fields, ...fields } };
    write(`${format === 'json' ? formatJson(line) : formatText(line)}\n`, level);
  }

  /** What only those who look for something want to read. */
  debug(message: string, fields?: LogFields): void {
    this.log('debug', message, fields);
  }

  /** What happens. */
  info(message: string, fields?: LogFields): void {
    this.log('info', message, fields);
  }

  /** What does not go as it should, and goes on. */
  warn(message: string, fields?: LogFields): void {
    this.log('warn', message, fields);
  }

  /** What must not happen. */
  error(message: string, fields?: LogFields): void {
    this.log('error', message, fields);
  }
}
