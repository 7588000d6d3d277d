import type { LeaderElection } from '#adapters/kubernetes/lease.js';
import type { Leadership } from '#controller/leadership.js';

/** A leadership that is gained by an election, and lost once. */
export interface ElectedLeadership extends Leadership {
  /** Stands for election until `signal` ends it. Gives why it no longer leads. */
  readonly campaign: (signal: AbortSignal) => Promise<'lost' | 'released'>;
}

/** The leadership that an election gives. Who loses it does not stand again: what it knows is of before. */
export function electedLeadership(election: LeaderElection): ElectedLeadership {
  const listeners = new Set<() => void>();
  const tell = (): void => {
    for (const listener of listeners) listener();
  };
  return {
    isLeader: () => election.isLeading,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    campaign: async (signal) => {
      try {
        await election.acquire(signal);
      } catch (error) {
        if (signal.aborted) return 'released';
        throw error;
      }
      tell();
      try {
        return await election.hold(signal);
      } finally {
        tell();
      }
    },
  };
}
