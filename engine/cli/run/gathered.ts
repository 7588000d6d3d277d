import process from 'node:process';
import type { LogLevel } from '#adapters/logger/log-options.js';

/** Milliseconds: nobody who reads along notices them, and a busy log writes a hundred lines at the price of one. */
const MOMENT = 50;

/** Takes lines, and passes what came within a moment on at once; what is left when the process ends, then. A warning waits for nothing. */
export function gathered(write: (text: string) => void): (line: string, level: LogLevel) => void {
  let waiting = '';
  const flush = (): void => {
    const text = waiting;
    waiting = '';
    if (text !== '') write(text);
  };
  process.on('exit', flush);
  return (line, level) => {
    if (waiting === '') setTimeout(flush, MOMENT).unref();
    waiting += line;
    if (level === 'warn' || level === 'error') flush();
  };
}
