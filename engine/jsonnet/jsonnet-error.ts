import type { FailureCode } from './failure.js';
import type { Place } from './syntax/source.js';

/** Where an evaluation was when it failed: a place, and the function, field or local that it is in. */
export interface Frame extends Place {
  readonly within: string;
}

/** What sort of error it is. */
export type JsonnetErrorCode = 'SyntaxInvalid' | FailureCode;

/** Why an evaluation has no result. */
export class JsonnetError extends Error {
  override readonly name = 'JsonnetError';
  readonly code: JsonnetErrorCode;
  /** Where it failed first, then who asked for that, and so on; empty where no file is to blame. */
  readonly frames: readonly Frame[];

  constructor(code: JsonnetErrorCode, message: string, frames: readonly Frame[], options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.frames = frames;
  }
}
