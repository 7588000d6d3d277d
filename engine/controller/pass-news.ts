import { type Change, isWrite } from '#model/change-set.js';
import { formatKey, identityOf, type ObjectKey } from '#model/object.js';
import type { Pass } from '#reconcile/engine.js';
import type { PassNotice } from './controller.js';

/** What a pass has to tell that no pass over its object has told before. */
export interface PassNews {
  /** Whether the outcome is another one than before. That all is well is news only after something else. */
  readonly isOutcomeNew: boolean;
  readonly written: readonly Change[];
}

/** Tells news from repetitions: an object that waits or is stalled is looked at again and again. */
export class NewsDesk {
  /** What was told last of objects that are not settled, by identity. */
  readonly #told = new Map<string, { readonly outcome: string; readonly writes: string }>();

  /** What of a pass is news. */
  look({ key, pass }: PassNotice): PassNews {
    const identity = identityOf(key);
    const written = writtenBy(pass);
    const told = this.#told.get(identity);
    if (pass.outcome.state === 'settled') {
      this.#told.delete(identity);
      return { isOutcomeNew: told !== undefined, written };
    }
    const outcome = JSON.stringify(taleOf(pass));
    const writes = JSON.stringify(written.map((change) => `${change.action} ${targetOf(change)}`));
    this.#told.set(identity, { outcome, writes });
    const isOutcomeNew = told?.outcome !== outcome;
    return { isOutcomeNew, written: isOutcomeNew || told.writes !== writes ? written : [] };
  }

  /** Forgets an object that is gone. */
  forget(key: ObjectKey): void {
    this.#told.delete(identityOf(key));
  }
}

/** The changes that a pass has done. A pass that broke off does not know. */
function writtenBy({ changes, published }: Pass): readonly Change[] {
  if (changes === undefined || published === undefined) return [];
  const { waiting, commits, resources, patched } = published;
  // Removals come last: a wave that is waited for leaves them for later, and so does a change that is held.
  const mayRemove = !changes.held && (waiting === undefined || waiting.reason === 'Deleting');
  return changes.changes.filter((change) => {
    if (!isWrite(change)) return false;
    if (['delete', 'orphan', 'release'].includes(change.action)) return mayRemove;
    if (change.sink === 'patch') return patched.has(formatKey(change.key));
    if (change.sink === 'cluster') return resources.has(formatKey(change.key));
    return commits.has(`${change.repository.remote}/${change.repository.name}`);
  });
}

/** What a change is about: `Kind/namespace/name` of an object, `remote/repository:path` of a file. */
export function targetOf(change: Change): string {
  if (change.sink !== 'git') return formatKey(change.key);
  return `${change.repository.remote}/${change.repository.name}:${change.path}`;
}

/** Errors differ in details, such as a port, that are no news. */
function taleOf({ outcome }: Pass): readonly string[] {
  switch (outcome.state) {
    case 'settled':
      return [];
    case 'failed':
      return [outcome.state, outcome.fault.code];
    case 'waiting':
      return [outcome.state, outcome.reason, outcome.message];
    case 'stalled':
      return [outcome.state, outcome.reason, outcome.retried === true ? withoutIds(outcome.message) : outcome.message];
  }
}

/** What is tried again is refused again in the words of others, who name requests and times in them. */
function withoutIds(message: string): string {
  return message.replace(/[0-9a-f][0-9a-f-]{7,}|\d+/gi, '#');
}
