/** How much a line matters, from least to most. */
export const LEVELS = ['debug', 'info', 'warn', 'error'] as const;

/** How much a line matters. */
export type LogLevel = (typeof LEVELS)[number];

/** What lines look like: for machines, or for people. */
export type LogFormat = 'json' | 'text';

/** The level that `LOG_LEVEL` names: `info` where it names none. Undefined: there is no such level. */
export function parseLogLevel(text = ''): LogLevel | undefined {
  return text === '' ? 'info' : LEVELS.find((level) => level === text.toLowerCase());
}

/** The format that `LOG_FORMAT` names: where it names none, text on a terminal, else JSON. Undefined: there is no such format. */
export function parseLogFormat(text = '', isTerminal = false): LogFormat | undefined {
  if (text === '') return isTerminal ? 'text' : 'json';
  return (['json', 'text'] as const).find((format) => format === text.toLowerCase());
}
