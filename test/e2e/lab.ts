import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeFolder } from '#wasm/make-folder.js';
import type { ControlPlane } from '../testbed/control-plane.js';
import { freePort } from '../testbed/free-port.js';
import { startControlPlane } from '../testbed/start-control-plane.js';
import { type Ended, install, RunningEdict, runEdict } from './running-edict.js';

/** Namespace of all that a test makes, unless it says otherwise. */
export const NAMESPACE = 'team';

/** The text of an `edict.yaml` with this spec. */
export const installation = (spec: object = {}): string =>
  JSON.stringify({ apiVersion: 'edict.dev/v1alpha1', kind: 'Installation', metadata: { name: 'lab' }, spec });

/** A cluster with an engine that works by a rule set of the test's own, in a folder that the test may change. */
export class Lab {
  readonly plane: ControlPlane;
  /** Folder of the rule set. */
  readonly root: string;
  /** Of who has the rights that the rules need, and no more. */
  readonly kubeconfig: string;
  edict: RunningEdict;
  readonly #port: number;

  private constructor(plane: ControlPlane, root: string, kubeconfig: string, port: number) {
    [this.plane, this.root, this.kubeconfig, this.#port] = [plane, root, kubeconfig, port];
    this.edict = this.#run(undefined);
  }

  /** Starts with the rule set in `folder`, and with `files` laid over it. */
  static async open(
    folder: string,
    files: { readonly [path: string]: string } = {},
    options: Parameters<typeof startControlPlane>[0] = {},
  ): Promise<Lab> {
    const root = mkdtempSync(join(tmpdir(), 'edict-rules-'));
    cpSync(folder, root, { recursive: true });
    for (const [path, text] of Object.entries(files)) {
      makeFolder(join(root, dirname(path)));
      writeFileSync(join(root, path), text);
    }
    const plane = await startControlPlane(options);
    const kubeconfig = await install(plane, root);
    const { code, err } = await plane.kubectl(['create', 'namespace', NAMESPACE]);
    assert.equal(code, 0, err);
    const lab = new Lab(plane, root, kubeconfig, await freePort());
    await lab.edict.running();
    return lab;
  }

  /** Ends everything. */
  async close(): Promise<void> {
    await this.edict.stop();
    this.edict.forget();
    await this.plane.stop();
    rmSync(this.root, { recursive: true });
  }

  /** Starts the engine again after it was stopped. */
  async restart(): Promise<void> {
    this.edict = this.#run(this.edict.state);
    await this.edict.running();
  }

  #run(state: string | undefined): RunningEdict {
    const words = ['--root', this.root, '--leader-elect', `--metrics-bind-address=127.0.0.1:${this.#port}`];
    return new RunningEdict(this.kubeconfig, state, words);
  }

  /** Runs a verb of `edict` on the cluster, as its administrator. */
  verb(...words: readonly string[]): Promise<Ended> {
    return runEdict(['--root', this.root, ...words, '--kubeconfig', this.plane.kubeconfig()]);
  }

  /** What kubectl prints, with `input` on its standard input. Throws where it fails. */
  async kubectl(words: readonly string[], input = ''): Promise<string> {
    const { code, out, err } = await this.plane.kubectl(words, { input });
    assert.equal(code, 0, `kubectl ${words.join(' ')}: ${out}${err}\n${this.edict.log}`);
    return out;
  }

  /** Applies an object as a user does. */
  async apply(object: object): Promise<void> {
    await this.kubectl(['apply', '-n', NAMESPACE, '-f', '-'], JSON.stringify(object));
  }

  /** A field of an object; empty where there is no such object. */
  field(name: string, path: string, namespace = NAMESPACE): Promise<string> {
    return this.kubectl(['get', name, '-n', namespace, '--ignore-not-found', '-o', `jsonpath={${path}}`]);
  }

  /** Status, reason and message of a condition. */
  condition(name: string, type: string, namespace = NAMESPACE): Promise<string> {
    const at = `.status.conditions[?(@.type=="${type}")]`;
    return this.field(name, `${at}.status} {${at}.reason} {${at}.message`, namespace);
  }

  /** Waits until the engine has settled an object as it is now. */
  async ready(name: string, namespace = NAMESPACE): Promise<void> {
    await this.until(`${name} is ready`, async () => {
      const generation = await this.field(name, '.metadata.generation', namespace);
      const observed = await this.field(name, '.status.observedGeneration', namespace);
      return generation === observed && (await this.condition(name, 'Ready', namespace)).startsWith('True');
    });
  }

  /** Waits until something holds; fails with what it waits for, and the log. */
  async until(what: string, holds: () => Promise<boolean> | boolean): Promise<void> {
    for (let tries = 0; tries < 150; tries++) {
      if (await holds()) return;
      await sleep(200);
    }
    assert.fail(`${what} did not come true:\n${this.edict.log}`);
  }

  /** The value of a metric, with its labels as they are written; undefined where there is none. */
  async metric(name: string): Promise<string | undefined> {
    const text = await (await fetch(`http://127.0.0.1:${this.#port}/metrics`)).text();
    const line = text.split('\n').find((each) => each.startsWith(`${name} `) || each.startsWith(`${name}{`));
    return line?.slice(name.length).trim();
  }

  /** The text of a file of the rule set. */
  read(path: string): string {
    return readFileSync(join(this.root, path), 'utf8');
  }

  write(path: string, text: string): void {
    writeFileSync(join(this.root, path), text);
  }

  remove(path: string): void {
    rmSync(join(this.root, path));
  }
}
