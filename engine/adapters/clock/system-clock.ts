import type { Clock } from '#model/clock.js';

/** The clock of the machine. */
export const systemClock: Clock = { now: () => Date.now() };
