import { keepRecent } from '#model/keep-recent.js';
import type { PolicyAnswer } from '#policy/policy-engine.js';

/** What was answered, and at what time where that was looked at. */
interface Given {
  readonly answers: readonly PolicyAnswer[];
  readonly time: string | undefined;
}

/** Answers of a few thousand objects: an object is mostly asked about again when only its children have changed. */
const KEPT = 16_384;

/** The answers that were given last. Policies are pure: whoever asks the same again is told the same. */
export class RecentAnswers {
  readonly #given = new Map<string, Given>();

  /** What was answered to a question, by the hash of all of it but the time; undefined where that is not known, or of another time. */
  find(question: string, time: string | undefined): readonly PolicyAnswer[] | undefined {
    const given = this.#given.get(question);
    if (given === undefined || (given.time !== undefined && given.time !== time)) return undefined;
    keepRecent(this.#given, question, given, KEPT);
    return given.answers;
  }

  /** Keeps answers, with the time that they hold for; undefined: at any. What went wrong is tried again. */
  keep(question: string, answers: readonly PolicyAnswer[], time: string | undefined): void {
    if (answers.some((answer) => 'fault' in answer)) return;
    keepRecent(this.#given, question, { answers, time }, KEPT);
  }
}
