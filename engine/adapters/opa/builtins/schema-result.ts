import type { JsonTree } from './json-tree.js';
import type { Schema } from './schema-model.js';

type Spend = (steps: number) => void;

/** What in a document is not as a schema demands. */
export interface Mismatch {
  readonly type: string;
  readonly description: string;
  /** Names and indexes from the root, which has a name as well. */
  readonly place: string;
}

/** The place where every document begins. */
export const rootPlace = '(Root)';

/** A place as it is shown. */
export function fieldOf(place: string): string {
  return place.startsWith(`${rootPlace}.`) ? place.slice(rootPlace.length + 1) : place;
}

/** What a schema has to say of a document, and how well that fits, which decides what is told of several alternatives. */
export class SchemaResult {
  readonly mismatches: Mismatch[] = [];
  score = 0;
  readonly #spend: Spend;

  constructor(spend: Spend) {
    this.#spend = spend;
  }

  get isValid(): boolean {
    return this.mismatches.length === 0;
  }

  add(type: string, description: string, place: string): void {
    this.mismatches.push({ type, description, place });
    this.score -= 2;
  }

  merge(other: SchemaResult): void {
    this.#spend(other.mismatches.length);
    for (const mismatch of other.mismatches) this.mismatches.push(mismatch);
    this.score += other.score;
  }
}

/** A place that is being compared with a schema. */
export interface Visit {
  readonly place: string;
  readonly result: SchemaResult;
  readonly spend: Spend;
  /** Compares with a schema apart from the result of this visit. */
  readonly judge: (schema: Schema, node: JsonTree, place: string) => SchemaResult;
}

/** Adds what is wrong at the place of a visit. */
export function mismatch({ result, place }: Visit, type: string, description: string): void {
  result.add(type, description, place);
}
