import type { Timer } from '#controller/timer.js';
import { systemClock } from './system-clock.js';

/** The longest that a timer of Node.js waits: it fires at once for more. */
const LONGEST = 2 ** 31 - 1;

/** The clock of the machine, which calls back. */
export const systemTimer: Timer = {
  ...systemClock,
  after(milliseconds, callback) {
    let timeout: NodeJS.Timeout;
    const wait = (left: number): void => {
      timeout = setTimeout(() => (left > LONGEST ? wait(left - LONGEST) : callback()), Math.min(left, LONGEST));
    };
    wait(milliseconds);
    return () => clearTimeout(timeout);
  },
  turn: () => new Promise((resolve) => setImmediate(resolve)),
};
