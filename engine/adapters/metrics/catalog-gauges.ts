import { Gauge, type Registry } from 'prom-client';

/** What there is to tell of the rule set. */
export interface CatalogState {
  /** Of the catalog at work. */
  readonly revision: string;
  /** When it was put to work, in milliseconds since 1970. */
  readonly loaded: number;
  /** Whether the files, as they were read last, are what is at work. */
  readonly isCurrent: boolean;
  /** Faults of the files as they were read last. */
  readonly faults: number;
}

/** The metrics of the rule set, named as those of Prometheus about its own configuration. */
export class CatalogGauges {
  readonly #info: Gauge<'revision'>;
  readonly #isCurrent: Gauge;
  readonly #loaded: Gauge;
  readonly #faults: Gauge;

  constructor(registry: Registry) {
    const registers = [registry];
    this.#info = new Gauge({
      name: 'edict_catalog_info',
      help: '1 for the revision of the rule set that is at work.',
      labelNames: ['revision'],
      registers,
    });
    this.#isCurrent = new Gauge({
      name: 'edict_catalog_last_reload_successful',
      help: '1 where the files of the rule set are what is at work, 0 where they were refused.',
      registers,
    });
    this.#loaded = new Gauge({
      name: 'edict_catalog_last_reload_success_timestamp_seconds',
      help: 'When the rule set that is at work was loaded.',
      registers,
    });
    this.#faults = new Gauge({
      name: 'edict_catalog_faults',
      help: 'Faults of the files of the rule set, each of which stalls the kinds that use its file.',
      registers,
    });
  }

  /** Tells of this state from now on. */
  read({ revision, loaded, isCurrent, faults }: CatalogState): void {
    this.#info.reset();
    this.#info.set({ revision }, 1);
    this.#isCurrent.set(isCurrent ? 1 : 0);
    this.#loaded.set(loaded / 1000);
    this.#faults.set(faults);
  }
}
