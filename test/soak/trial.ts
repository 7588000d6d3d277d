import type { Cell } from '../bench/finding.js';
import { RunningEdict } from '../e2e/running-edict.js';
import { Random } from '../jsonnet/random.js';
import { Client } from './client.js';
import { plannedChanges } from './planned.js';
import { Repository } from './repository.js';
import type { Site } from './site.js';
import { Timeline } from './timeline.js';
import { converge } from './verdict.js';
import { deletionsByProgram, Watchman } from './watchman.js';

/** What a trial came to. */
export interface Judgement {
  readonly violations: readonly string[];
  /** What was done and is there, as rows of a table. */
  readonly rows: readonly (readonly Cell[])[];
}

/** One engine at work for one client, under observation. Everything but the engine sees the API server as it is. */
export class Trial {
  readonly client: Client;
  readonly repository: Repository;
  readonly #site: Site;
  readonly #timeline = new Timeline();
  readonly #watchman: Watchman;
  #engine: RunningEdict | undefined;

  constructor(site: Site, seed: number) {
    this.#site = site;
    this.client = new Client(site.plane, this.#timeline, new Random(seed));
    this.repository = new Repository(site.state);
    this.#watchman = new Watchman(site.plane);
  }

  /** All that the present engine said. */
  get log(): string {
    return this.#engine?.log ?? '';
  }

  /** Starts an engine. The one before must have ended. */
  start(kubeconfig: string, words: readonly string[] = []): RunningEdict {
    this.#engine = new RunningEdict(kubeconfig, this.#site.state, ['--root', this.#site.root, ...words]);
    return this.#engine;
  }

  /**
   * Waits until everything is as it should be, at most so many milliseconds; then deletes all, and waits again. Tells what
   * was not as it should be.
   */
  async judge(milliseconds: number): Promise<Judgement> {
    const { client, repository } = this;
    const { plane, audit } = this.#site;
    const scene = { plane, client, repository };
    const { differences, took } = await converge(scene, milliseconds);
    const planned = differences.length > 0 ? [] : await plannedChanges(this.#site);
    const counts = this.#counts();
    await client.leave();
    const end = await converge(scene, milliseconds);
    const violations = [
      ...differences,
      ...planned.map((change) => `a plan would change ${change}`),
      ...end.differences.map((difference) => `after all was deleted: ${difference}`),
      ...repository.faults(),
      ...this.#watchman.violations(this.#timeline, client.removed, audit),
    ];
    const times = [
      ['ms until all was as it should be', Math.round(took)],
      ['ms from the deletion of all until nothing was left', Math.round(end.took)],
    ] as const;
    return { violations, rows: [...counts, ...times] };
  }

  #counts(): readonly (readonly Cell[])[] {
    const { client, repository } = this;
    return [
      ['changes by the client', client.sum],
      ...[...client.deeds].map(([deed, count]) => [`  ${deed}`, count]),
      ['owners in the end', client.owners.size],
      ['children in the end', client.children().size],
      ['children that went meanwhile', this.#watchman.removals],
      ...[...deletionsByProgram(this.#site.audit)].map(([program, count]) => [`  deleted by ${program}`, count]),
      ['commits', repository.commits],
    ];
  }

  /** Ends the engine and all watching. */
  async close(): Promise<void> {
    this.#watchman.close();
    await this.#engine?.stop('SIGKILL');
  }
}
