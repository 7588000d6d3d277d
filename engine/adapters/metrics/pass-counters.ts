import { Counter, Histogram, type Registry } from 'prom-client';
import type { CatalogEntry } from '#catalog/catalog.js';
import type { PassNotice } from '#controller/controller.js';
import type { Outcome } from '#model/outcome.js';
import type { Verdict } from '#model/verdict.js';

/** `domain/slug`: what metrics call a rule. */
export const ruleOf = ({ rule }: CatalogEntry): string => `${rule.domain}/${rule.slug}`;

const OUTCOMES: readonly Outcome['state'][] = ['settled', 'waiting', 'stalled', 'failed'];
const LEVELS: readonly Verdict['level'][] = ['deny', 'warn', 'unknown'];
/** Seconds. */
const DURATIONS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
/** Fewer: there are six stages of every rule. */
const STAGE_DURATIONS = [0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 30];
const LATENCIES = [0.001, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600];

/** The metrics that only grow: what passes were, took and said. */
export class PassCounters {
  readonly #passes: Counter<'rule' | 'outcome'>;
  readonly #durations: Histogram<'rule'>;
  readonly #stages: Histogram<'rule' | 'stage'>;
  readonly #latencies: Histogram<'rule'>;
  readonly #verdicts: Counter<'rule' | 'level'>;

  constructor(registry: Registry) {
    const registers = [registry];
    this.#passes = new Counter({
      name: 'edict_reconcile_total',
      help: 'Passes over objects, by how they ended.',
      labelNames: ['rule', 'outcome'],
      registers,
    });
    this.#durations = new Histogram({
      name: 'edict_reconcile_duration_seconds',
      help: 'How long passes took.',
      labelNames: ['rule'],
      buckets: DURATIONS,
      registers,
    });
    this.#stages = new Histogram({
      name: 'edict_reconcile_stage_duration_seconds',
      help: 'How long passes took for a stage: observe, judge, render, plan, publish, report.',
      labelNames: ['rule', 'stage'],
      buckets: STAGE_DURATIONS,
      registers,
    });
    this.#latencies = new Histogram({
      name: 'edict_queue_latency_seconds',
      help: 'How long objects were due before their pass began.',
      labelNames: ['rule'],
      buckets: LATENCIES,
      registers,
    });
    this.#verdicts = new Counter({
      name: 'edict_verdicts_total',
      help: 'Verdicts of policies. Every pass counts its own.',
      labelNames: ['rule', 'level'],
      registers,
    });
  }

  /** Counts a pass. */
  add({ entry, pass, waited, duration, stages }: PassNotice): void {
    const rule = ruleOf(entry);
    this.#passes.inc({ rule, outcome: pass.outcome.state });
    this.#durations.observe({ rule }, duration / 1000);
    for (const [stage, milliseconds] of stages) this.#stages.observe({ rule, stage }, milliseconds / 1000);
    this.#latencies.observe({ rule }, waited / 1000);
    for (const { level } of pass.verdicts ?? []) this.#verdicts.inc({ rule, level });
  }

  /** Shows rules that had no pass yet: a rate needs a value from before the first. */
  show(rules: readonly string[]): void {
    for (const rule of rules) {
      for (const outcome of OUTCOMES) this.#passes.inc({ rule, outcome }, 0);
      for (const level of LEVELS) this.#verdicts.inc({ rule, level }, 0);
    }
  }
}
