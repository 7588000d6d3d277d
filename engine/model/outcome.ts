import type { Fault } from '#errors/fault.js';

/** How a pass ended, typed by what happens next. */
export type Outcome =
  | { readonly state: 'settled' }
  /** Look again when something changes, and after `after` milliseconds where it is given. */
  | { readonly state: 'waiting'; readonly reason: string; readonly message: string; readonly after: number | undefined }
  /** A human must act: nothing is retried until an input changes, unless no event would tell that they did. */
  | {
      readonly state: 'stalled';
      readonly reason: string;
      readonly message: string;
      /** Where it stands, and what to do. */
      readonly fault?: Fault;
      /** Retried with backoff all the same. */
      readonly retried?: boolean;
    }
  /** Retried with backoff. */
  | { readonly state: 'failed'; readonly fault: Fault };
