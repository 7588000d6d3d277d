import { randomUUID } from 'node:crypto';
import type { PassNotice, PassObserver } from '#controller/controller.js';
import { NewsDesk, type PassNews, targetOf } from '#controller/pass-news.js';
import type { ObjectKey } from '#model/object.js';
import { objections } from '#model/verdict.js';
import { explanation } from '#report/conditions.js';
import { faultFields } from './error-fields.js';
import type { LogFields } from './log-line.js';
import type { LogLevel } from './log-options.js';
import type { Logger } from './logger.js';

/** What the log of passes needs. */
export interface PassLogOptions {
  readonly logger: Logger;
  /** Gives each pass an id, which all lines about it have. */
  readonly newId?: () => string;
}

/**
 * Logs what passes do and how they end. A pass that tells nothing new, such as one more over an object that is stalled, is
 * worth a line only to those who debug.
 */
export class PassLog implements PassObserver {
  readonly #logger: Logger;
  readonly #newId: () => string;
  readonly #news = new NewsDesk();

  constructor({ logger, newId = randomUUID }: PassLogOptions) {
    this.#logger = logger;
    this.#newId = newId;
  }

  /** Logs a pass. */
  onPass(notice: PassNotice): void {
    const news = this.#news.look(notice);
    const level = levelOf(notice, news);
    if (!this.#logger.isEnabled(level)) return;
    const log = this.#logger.with({ ...subjectOf(notice), reconcileID: this.#newId() });
    log.log(level, 'reconciled', resultOf(notice, news));
    for (const fault of notice.pass.faults) log.debug('fault', faultFields(fault));
    for (const { policy, level: verdict, code, message, path } of notice.pass.verdicts ?? [])
      log.debug('verdict', { policy, verdict, code, why: message, path });
  }

  /** Logs that an object is gone. */
  onGone(key: ObjectKey): void {
    this.#news.forget(key);
    const { kind, namespace, name } = key;
    this.#logger.debug('gone', { kind, namespace, name });
  }
}

function levelOf({ pass }: PassNotice, { isOutcomeNew, written }: PassNews): LogLevel {
  if (!isOutcomeNew && written.length === 0) return 'debug';
  return isOutcomeNew && pass.outcome.state === 'failed' ? 'warn' : 'info';
}

function subjectOf({ key, entry }: PassNotice): LogFields {
  const { kind, namespace, name } = key;
  return { rule: `${entry.rule.domain}/${entry.rule.slug}`, kind, namespace, name };
}

/** Of changes only what they are about: their fields are the business of whoever may read the objects. */
function resultOf({ pass, waited, duration }: PassNotice, { written }: PassNews): LogFields {
  const { outcome, faults, verdicts = [], deleting } = pass;
  const { reason, message } = explanation(outcome);
  const codes = faults.map(({ code }) => code).filter((code) => code !== reason);
  return {
    outcome: outcome.state,
    ...(outcome.state === 'settled' ? {} : { reason, why: message }),
    ...(deleting ? { deleting } : {}),
    ...(written.length === 0 ? {} : { written: written.map((change) => `${change.action} ${targetOf(change)}`) }),
    ...(verdicts.length === 0 ? {} : { denials: objections(verdicts).length, verdicts: verdicts.length }),
    ...(codes.length === 0 ? {} : { faults: codes }),
    duration: secondsOf(duration),
    waited: secondsOf(waited),
  };
}

/** As metrics have times. */
const secondsOf = (milliseconds: number): number => Math.round(milliseconds) / 1000;
