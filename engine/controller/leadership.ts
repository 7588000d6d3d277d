/** Whether this process is the one that works, of several that could. */
export interface Leadership {
  /** Asked before every pass and every write: to be answered from the lease and the time, at once. */
  isLeader(): boolean;
  /** Calls `listener` whenever the answer may have changed; the function that it gives ends that. */
  subscribe(listener: () => void): () => void;
}

/** The leadership of a process that is the only one. */
export const ALONE: Leadership = { isLeader: () => true, subscribe: () => () => undefined };
