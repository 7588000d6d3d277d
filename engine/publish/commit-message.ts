import { compareText } from '#model/json.js';
import { formatKey, type ObjectKey } from '#model/object.js';

/** One object's part of a commit. */
export interface Contribution {
  readonly owner: ObjectKey;
  readonly generation: number | undefined;
  readonly written: number;
  readonly removed: number;
  /** Whether what it owns changed. */
  readonly noted: boolean;
}

/** The message of a commit: what changed for whom, and trailers (git-interpret-trailers) that machines read. */
export function commitMessage(contributions: readonly Contribution[], revision: string): string {
  const sorted = [...contributions].sort((left, right) => compareText(formatKey(left.owner), formatKey(right.owner)));
  const [first] = sorted;
  const subject =
    sorted.length === 1 && first !== undefined
      ? `${verb(first)} ${formatKey(first.owner)}`
      : `Update ${sorted.length} objects`;
  const body = sorted.map((each) => `${formatKey(each.owner)}: ${each.written} written, ${each.removed} removed`);
  const trailers = sorted.map(
    ({ owner, generation }) =>
      `Edict-Object: ${formatKey(owner)}${generation === undefined ? '' : ` generation ${generation}`}`,
  );
  return [subject, '', ...body, '', ...trailers, `Edict-Catalog: ${revision}`, ''].join('\n');
}

function verb({ written, removed }: Contribution): string {
  return written === 0 && removed > 0 ? 'Remove' : 'Update';
}
