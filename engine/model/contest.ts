import type { ObjectKey } from './object.js';

/** A field of a child that another manager keeps changing back. */
export interface Contest {
  /** Undefined where the server does not tell: whoever removes a field manages nothing by it. */
  readonly manager: string | undefined;
  readonly path: string;
}

/** What a correction is about: the fields that differed, or none by name where only their manager had changed. */
export function contestedPaths(fields: readonly { readonly path: string }[]): readonly string[] {
  return fields.length === 0 ? ['fields'] : fields.map(({ path }) => path);
}

/** Remembers which fields were corrected, and for which that is of no use. Losing it costs a few writes, nothing else. */
export interface ContestMemory {
  /** Notes that what others made of a child was put right. */
  corrected(key: ObjectKey, fields: readonly Contest[]): void;
  /** The fields of a child that are better left alone for now. */
  standing(key: ObjectKey): readonly Contest[];
}
