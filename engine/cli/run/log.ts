import { systemClock } from '#adapters/clock/system-clock.js';
import { LEVELS, parseLogFormat, parseLogLevel } from '#adapters/logger/log-options.js';
import { Logger } from '#adapters/logger/logger.js';
import { EdictError } from '#errors/edict-error.js';
import type { CliEnvironment } from '../environment.js';
import { gathered } from './gathered.js';

/** The log of `edict run`, on standard error, as LOG_LEVEL and LOG_FORMAT ask. Throws UsageInvalid. */
export function openLogger({ variables, stderr }: CliEnvironment): Logger {
  const level = parseLogLevel(variables.LOG_LEVEL);
  const format = parseLogFormat(variables.LOG_FORMAT, stderr.isTTY);
  if (level === undefined) throw invalid('LOG_LEVEL', variables.LOG_LEVEL, LEVELS);
  if (format === undefined) throw invalid('LOG_FORMAT', variables.LOG_FORMAT, ['json', 'text']);
  return new Logger({ level, format, clock: systemClock, write: gathered((text) => void stderr.write(text)) });
}

function invalid(name: string, value: string | undefined, choices: readonly string[]): EdictError {
  return new EdictError({
    code: 'UsageInvalid',
    message: `${name} is ${JSON.stringify(value)}.`,
    location: {},
    ...(value === undefined ? {} : { fragment: value }),
    remedy: `Set it to one of: ${choices.join(', ')}.`,
  });
}
