import type { KubernetesCluster } from '#adapters/kubernetes/kubernetes-cluster.js';
import { errorFields, faultFields } from '#adapters/logger/error-fields.js';
import type { Logger } from '#adapters/logger/logger.js';
import type { CatalogState } from '#adapters/metrics/catalog-gauges.js';
import { type Catalog, deletionCatalog } from '#catalog/catalog.js';
import { INSTALLATION_FILE } from '#catalog/layout.js';
import { type ScopedKind, scopedKinds } from '#catalog/scopes.js';
import type { Snapshot } from '#catalog/snapshot.js';
import type { Controller } from '#controller/controller.js';
import type { Fault } from '#errors/fault.js';
import type { Clock } from '#model/clock.js';
import { type KindReference, kindIdentity } from '#model/object.js';
import { readInventory } from '#observe/inventory.js';
import type { CompiledRules } from '../workspace.js';
import type { OpenedEngine } from './open-engine.js';

/** What puts a rule set to work. */
export interface RuleSetOptions {
  readonly cluster: Pick<KubernetesCluster, 'serve' | 'unfollow'>;
  readonly controller: () => Controller;
  readonly open: (rules: CompiledRules) => OpenedEngine;
  readonly compile: (files: Snapshot) => Promise<CompiledRules>;
  readonly logger: Logger;
  readonly clock: Clock;
}

/** The rule set at work, and how it gives way to another one. */
export class RuleSet {
  readonly #options: RuleSetOptions;
  #opened: OpenedEngine;
  #hasInstallation: boolean;
  #state: CatalogState;

  /** `rules` are those to begin with, from files at `paths`. */
  constructor(rules: CompiledRules, paths: readonly string[], options: RuleSetOptions) {
    this.#options = options;
    this.#hasInstallation = paths.includes(INSTALLATION_FILE);
    this.#opened = options.open(rules);
    this.#state = this.#stateOf(rules.catalog);
  }

  /** The engine at work. */
  get engine(): OpenedEngine['engine'] {
    return this.#opened.engine;
  }

  /** The rules at work, those with faults too: their objects can still be deleted. */
  get entries(): Catalog['entries'] {
    return deletionCatalog(this.engine.catalog).entries;
  }

  /** Every kind that a pass looks at. */
  get kinds(): readonly ScopedKind[] {
    return kindsIn(this.engine.catalog);
  }

  /** What metrics tell. */
  get state(): CatalogState {
    return this.#state;
  }

  /**
   * Goes by other files from now on. A fault stalls the kinds that use the faulty file, and the others go on by the new
   * ones; where the installation has one, everything stays as it was. Throws what compiling and listing throw, and
   * then, too, everything stays as it was.
   */
  async renew(files: Snapshot): Promise<void> {
    const { compile, logger } = this.#options;
    const rules = await compile(files);
    const { catalog } = rules;
    for (const fault of catalog.faults) logger.warn('a file of the rule set has a fault', faultFields(fault));
    const hasInstallation = (await files.list()).includes(INSTALLATION_FILE);
    const objections = objectionsTo(catalog, this.#hasInstallation && !hasInstallation);
    if (objections.length === 0) {
      this.#hasInstallation = hasInstallation;
      await this.#putToWork(rules);
      return;
    }
    this.#state = { ...this.#state, faults: catalog.faults.length, isCurrent: false };
    for (const fault of objections) logger.error('the rule set was refused: the one before stays', faultFields(fault));
  }

  /** Tells that the files could not be taken. */
  failed(error: unknown): void {
    this.#state = { ...this.#state, isCurrent: false };
    this.#options.logger.error('the rule set could not be loaded: the one before stays', errorFields(error));
  }

  /** Closes what the engine at work has open. */
  close(): Promise<void> {
    return this.#opened.close();
  }

  async #putToWork(rules: CompiledRules): Promise<void> {
    const { cluster, controller, open, logger } = this.#options;
    const earlier = this.#opened;
    const next = open(rules);
    cluster.serve(kindsIn(rules.catalog));
    try {
      await controller().reload(next.engine);
    } catch (error) {
      await next.close();
      throw error;
    }
    this.#opened = next;
    this.#state = this.#stateOf(rules.catalog);
    const { revision, entries, stalled } = rules.catalog;
    const names = stalled.map(({ domain, slug }) => `${domain}/${slug}`);
    logger.info('the rule set was loaded', { revision, kinds: entries.length, stalled: names });
    await controller().renewed();
    await earlier.close();
    await this.#unfollow(earlier.engine.catalog);
  }

  /** Ends following the kinds that no rule is about any more. What a rule of before wrote stays as it is. */
  async #unfollow(before: Catalog): Promise<void> {
    const { cluster } = this.engine;
    const written = await Promise.all(this.entries.map(({ rule }) => readInventory(rule, cluster)));
    const needed = new Set([...this.kinds, ...written.flatMap(({ kinds }) => kinds)].map(nameOf));
    const dropped = kindsIn(before).filter((kind) => !needed.has(nameOf(kind)));
    await Promise.all(dropped.map((kind) => this.#options.cluster.unfollow(kind)));
  }

  #stateOf({ revision, faults }: Catalog): CatalogState {
    return { revision, faults: faults.length, loaded: this.#options.clock.now(), isCurrent: true };
  }
}

/** Every kind that a pass by these rules looks at, and where. */
function kindsIn(catalog: Catalog): readonly ScopedKind[] {
  return scopedKinds(deletionCatalog(catalog));
}

const nameOf = (kind: KindReference): string => `${kind.apiVersion} ${kindIdentity(kind)}`;

/**
 * Why a rule set must not take the place of the one at work: nobody knows what the installation says, which holds the
 * policies for everybody, or nothing is left of it, as of a volume that was not mounted.
 */
function objectionsTo({ faults, entries, stalled }: Catalog, lacksInstallation: boolean): readonly Fault[] {
  const found = faults.filter(({ location }) => location.file === INSTALLATION_FILE);
  if (found.length > 0) return found;
  if (!lacksInstallation && entries.length + stalled.length > 0) return [];
  return [
    {
      code: 'CatalogFileMissing',
      message: lacksInstallation ? `${INSTALLATION_FILE} is gone` : 'there is no rule any more',
      location: { file: lacksInstallation ? INSTALLATION_FILE : 'rules' },
      remedy: 'Put it back; where it is meant, restart Edict.',
    },
  ];
}
