import type { PassNotice, PassObserver } from '#controller/controller.js';
import { NewsDesk } from '#controller/pass-news.js';
import type { Action, Change } from '#model/change-set.js';
import { isConditionReason } from '#model/names.js';
import { formatKey, identityOf, type ObjectKey } from '#model/object.js';
import { objections, type Verdict } from '#model/verdict.js';
import { advice } from '#report/conditions.js';
import type { EventNotice } from './events.js';

/** Records events. */
interface Recorder {
  record(notice: EventNotice): void;
}

/** What one event says of an object. */
type Said = Omit<EventNotice, 'object'>;

/** As `kubectl describe` shows what was written. */
const DONE: { readonly [action in Action]?: string } = {
  create: 'Created',
  update: 'Updated',
  adopt: 'Adopted',
  replace: 'Replaced',
  delete: 'Deleted',
  orphan: 'Released',
  patch: 'Patched',
  release: 'Unpatched',
};
/** Of one pass: an object may tell 25 events in a row, and more verdicts than this are read in its conditions. */
const MOST_VERDICTS = 10;
const MOST_TARGETS = 5;
/** As Git shows commits. */
const SHORT_COMMIT = 12;
const NONE: ReadonlyMap<string, string> = new Map();

/** Tells what passes write and what keeps objects from being ready as events of these objects, each once. */
export class PassEvents implements PassObserver {
  readonly #recorder: Recorder;
  readonly #news = new NewsDesk();
  /** Warnings of the last pass, by identity: they come with every pass. */
  readonly #warnings = new Map<string, readonly string[]>();

  constructor(recorder: Recorder) {
    this.#recorder = recorder;
  }

  /** Tells what is new in a pass. */
  onPass(notice: PassNotice): void {
    const { object, outcome, deleting, published } = notice.pass;
    const { isOutcomeNew, written } = this.#news.look(notice);
    // Nobody reads events of an object that is gone, and without its uid nobody finds them.
    if (object.metadata.uid === undefined || (deleting && outcome.state === 'settled')) return;
    const said = [
      ...writesSaid(written, published?.commits ?? NONE),
      ...this.#warningsSaid(notice),
      ...(isOutcomeNew ? outcomeSaid(notice) : []),
    ];
    for (const each of said) this.#recorder.record({ object, ...each });
  }

  /** Forgets an object that is gone. */
  onGone(key: ObjectKey): void {
    this.#news.forget(key);
    this.#warnings.delete(identityOf(key));
  }

  #warningsSaid({ key, pass: { verdicts } }: PassNotice): readonly Said[] {
    // A pass that asked no policy knows nothing of their warnings.
    if (verdicts === undefined) return [];
    const identity = identityOf(key);
    const told = this.#warnings.get(identity) ?? [];
    const warnings = verdicts.filter(({ level }) => level === 'warn').slice(0, MOST_VERDICTS);
    if (warnings.length === 0) this.#warnings.delete(identity);
    else this.#warnings.set(identity, warnings.map(textOf));
    return warnings.filter((verdict) => !told.includes(textOf(verdict))).map(verdictSaid);
  }
}

const textOf = ({ policy, code, message, path }: Verdict): string => JSON.stringify([policy, code, message, path]);

/** One event for the cluster and for each repository, whose files share one commit. */
function writesSaid(written: readonly Change[], commits: ReadonlyMap<string, string>): readonly Said[] {
  return Object.entries(DONE).flatMap(([action, reason]) => {
    const done = written.filter((change) => change.action === action);
    return [...new Set(done.map(repositoryOf))].map((repository): Said => {
      const targets = done.filter((change) => repositoryOf(change) === repository).map(toldOf);
      const more = targets.length - MOST_TARGETS;
      const names = `${targets.slice(0, MOST_TARGETS).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
      const commit = commits.get(repository);
      const id = commit === undefined ? '' : `, commit ${commit.slice(0, SHORT_COMMIT)}`;
      const place = repository === '' ? '' : ` in ${repository}${id}`;
      return { type: 'Normal', reason, action: 'Publish', message: `${reason} ${names}${place}` };
    });
  });
}

const repositoryOf = (change: Change): string =>
  change.sink === 'git' ? `${change.repository.remote}/${change.repository.name}` : '';

/** What was taken over is told with those from whom: they may still count on it. */
function toldOf(change: Change): string {
  if (change.sink === 'git') return change.path;
  const name = formatKey(change.key);
  return change.action === 'adopt' ? `${name} (${change.reason ?? ''})` : name;
}

function outcomeSaid({ key, pass }: PassNotice): readonly Said[] {
  const { outcome, verdicts = [] } = pass;
  const { reason, message } = advice(outcome, key);
  const type = outcome.state === 'settled' || outcome.state === 'waiting' ? 'Normal' : 'Warning';
  const against = objections(verdicts);
  if (reason === 'PolicyDenied' && against.length > 0) return against.slice(0, MOST_VERDICTS).map(verdictSaid);
  return [{ type, reason, action: 'Reconcile', message }];
}

function verdictSaid({ level, code, message, path }: Verdict): Said {
  const usual = level === 'warn' ? 'PolicyWarning' : 'PolicyDenied';
  const place = path === '' ? '' : ` (${path})`;
  return {
    type: 'Warning',
    reason: isConditionReason(code) ? code : usual,
    action: 'Judge',
    message: `${message}${place}`,
  };
}
