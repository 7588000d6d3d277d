import type { Place } from '../syntax/source.js';

/** What sort of thing it is, for programs. */
export type FindingCode = 'UnusedLocal' | 'UnusedImport' | 'UnknownStdMember';

/** Something in a program that is to no purpose, or cannot be meant. The program may be right all the same. */
export interface Finding {
  readonly code: FindingCode;
  /** The name that it is about. */
  readonly name: string;
  readonly message: string;
  readonly place: Place;
  /** A name that may have been meant. */
  readonly meant?: string;
}
