import { EdictError } from '#errors/edict-error.js';
import { type Fault, formatLocation } from '#errors/fault.js';
import type { LogFields } from './log-line.js';

/** What a log tells of a fault: neither its fragment nor its remedy, which are for whoever wrote the file. */
export function faultFields({ code, message, location }: Fault): LogFields {
  const place = formatLocation(location);
  return { code, why: message, ...(place === '' ? {} : { place }) };
}

/**
 * What a log tells of anything that was thrown. The message of an error that is not ours may quote what was sent or read:
 * of it only its name, its code and where it came from are told.
 */
export function errorFields(error: unknown): LogFields {
  if (error instanceof EdictError && error.faults[0] !== undefined) return faultFields(error.faults[0]);
  if (!(error instanceof Error)) return { error: typeof error };
  const { name, message, stack = '' } = error;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  // A message may have lines that look like those of the stack.
  const end = stack.indexOf(message);
  const frames = (end < 0 ? '' : stack.slice(end + message.length)).match(/^ {4}at .*$/gm) ?? [];
  return { error: name, errorCode: code, stack: frames.slice(0, 10).map((frame) => frame.trim()) };
}
