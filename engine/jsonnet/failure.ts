/** Ends the evaluation with what went wrong, in a sentence. The place is found by whoever catches it. */
export class Failure extends Error {
  override readonly name = 'Failure';
}

/** Throws a Failure. */
export function fail(message: string): never {
  throw new Failure(message);
}
