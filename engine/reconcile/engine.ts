import type { Catalog, CatalogEntry } from '#catalog/catalog.js';
import type { TemplateEngine } from '#catalog/template-engine.js';
import type { Fault } from '#errors/fault.js';
import type { ChangeSet } from '#model/change-set.js';
import type { Clock } from '#model/clock.js';
import type { ContestMemory } from '#model/contest.js';
import type { Rendering } from '#model/desired.js';
import type { Facts } from '#model/facts.js';
import type { KubernetesObject } from '#model/object.js';
import type { Outcome } from '#model/outcome.js';
import type { RepositoryReader } from '#model/repository.js';
import type { RecordCache } from '#model/repository-state.js';
import type { Verdict } from '#model/verdict.js';
import type { ChartReader } from '#observe/chart-reader.js';
import type { ClusterReader } from '#observe/cluster-reader.js';
import type { PolicyEngine } from '#policy/policy-engine.js';
import type { ClusterWriter } from '#publish/cluster-writer.js';
import type { Published } from '#publish/publish.js';
import type { Submitter } from '#publish/repository-queue.js';
import type { Stopwatch } from './stopwatch.js';

/** A catalog and everything that reconciling with it needs. */
export interface Engine {
  readonly catalog: Catalog;
  readonly templates: TemplateEngine;
  readonly policies: PolicyEngine;
  readonly cluster: ClusterReader;
  readonly charts: ChartReader;
  readonly repositories: RepositoryReader;
  readonly records: RecordCache;
  readonly writer: ClusterWriter;
  readonly queue: Submitter;
  readonly clock: Clock;
  /** Measures a pass, where somebody wants to know. */
  readonly stopwatch?: Stopwatch;
  /** What is remembered of fields that others keep changing back; undefined: nothing. */
  readonly contests?: ContestMemory;
}

/** Where a pass stops. */
export type Stage = 'facts' | 'render' | 'plan' | 'publish';

/** One pass over one object: everything that was found out, as far as it went. */
export interface Pass {
  readonly object: KubernetesObject;
  readonly entry: CatalogEntry;
  readonly outcome: Outcome;
  /** Why the outcome is `stalled` or `failed`, where faults say it. */
  readonly faults: readonly Fault[];
  /** Undefined where no policy was asked. */
  readonly verdicts: readonly Verdict[] | undefined;
  readonly facts: Facts | undefined;
  readonly rendering: Rendering | undefined;
  readonly changes: ChangeSet | undefined;
  readonly published: Published | undefined;
  readonly deleting: boolean;
}

/** What a pass has come to before its first step. */
export const NOTHING_DONE = {
  faults: [],
  verdicts: undefined,
  facts: undefined,
  rendering: undefined,
  changes: undefined,
  published: undefined,
  deleting: false,
} as const satisfies Partial<Pass>;
