import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { load } from 'js-yaml';
import type { ControlPlane } from '../testbed/control-plane.js';
import { type StartOptions, startControlPlane } from '../testbed/start-control-plane.js';
import { install, RunningEdict } from './running-edict.js';

/** A condition of an object. */
export interface Condition {
  readonly status: string;
  readonly reason: string;
  readonly message: string;
}

/** An object, as far as it tells how it is. */
export interface StatusObject {
  readonly metadata: { readonly name: string };
  readonly status?: { readonly conditions?: readonly (Condition & { readonly type: string })[] };
}

/** One event. */
export interface Told {
  readonly name: string;
  readonly reason: string;
  readonly note: string;
  readonly count: number;
}

/** Where the project has its rule set. */
const TREES = ['edict.yaml', 'rules', 'crds', 'templates', 'policies', 'charts'];

/** A rule set of its own, an API server, and an engine on it with just the rights that the rules need. */
export class Scene {
  readonly plane: ControlPlane;
  readonly root: string;
  #edict: RunningEdict | undefined;
  #kubeconfig = '';

  private constructor(plane: ControlPlane, root: string) {
    this.plane = plane;
    this.root = root;
  }

  /** Starts a control plane for a copy of a rule set: of that in a folder below test/fixtures/rulesets, or of the project. */
  static async open(name: string | undefined, options: StartOptions = {}): Promise<Scene> {
    const root = mkdtempSync(join(tmpdir(), 'edict-rules-'));
    for (const part of name === undefined ? TREES : ['']) {
      cpSync(join(name === undefined ? '.' : join('test/fixtures/rulesets', name), part), join(root, part), {
        recursive: true,
      });
    }
    return new Scene(await startControlPlane({ controllerManager: false, ...options }), root);
  }

  get edict(): RunningEdict {
    return this.#edict ?? assert.fail('the engine does not run');
  }

  /** Everything that the engine said. */
  get log(): string {
    return this.#edict?.log ?? '';
  }

  /** Replaces a piece of a file of the rule set. */
  edit(path: string, before: string, after: string): void {
    const text = readFileSync(join(this.root, path), 'utf8');
    assert.ok(text.includes(before), `${path} has no ${before}`);
    writeFileSync(join(this.root, path), text.replace(before, after));
  }

  /** Installs what the rules need, and starts an engine, or another one instead. */
  async run(): Promise<void> {
    this.#kubeconfig = await install(this.plane, this.root);
    await this.restart();
  }

  /** Starts the engine anew, with the rights that it has now. */
  async restart(): Promise<void> {
    await this.#edict?.stop();
    this.#edict = new RunningEdict(this.#kubeconfig, this.#edict?.state, [], { root: this.root });
    await this.#edict.running();
  }

  /** What kubectl prints. Throws where it fails. */
  async kubectl(
    words: readonly string[],
    { input = '', user }: { input?: string; user?: string } = {},
  ): Promise<string> {
    const { code, out, err } = await this.plane.kubectl(words, user === undefined ? { input } : { input, user });
    assert.equal(code, 0, `kubectl ${words.join(' ')}: ${out}${err}\n${this.log}`);
    return out;
  }

  /** Applies manifests, as objects. */
  async apply(...objects: readonly object[]): Promise<void> {
    const list = { apiVersion: 'v1', kind: 'List', items: objects };
    await this.kubectl(['apply', '--server-side', '--force-conflicts', '-f', '-'], { input: JSON.stringify(list) });
  }

  /** An object, or undefined. */
  async get<Type>(kind: string, name: string, namespace?: string): Promise<Type | undefined> {
    const place = namespace === undefined ? [] : ['-n', namespace];
    const out = await this.kubectl([
      'get',
      kind,
      name,
      ...place,
      '--ignore-not-found',
      '--show-managed-fields',
      '-o',
      'json',
    ]);
    return out === '' ? undefined : (JSON.parse(out) as Type);
  }

  /** A condition of an object once it holds what is expected of it. */
  async condition(
    target: readonly [kind: string, name: string, namespace: string],
    type: string,
    expected: RegExp,
  ): Promise<Condition> {
    let found: Condition | undefined;
    await this.until(`${target.join('/')} has ${type} ${expected}`, async () => {
      const object = await this.get<StatusObject>(...target);
      found = object?.status?.conditions?.find((each) => each.type === type);
      return found !== undefined && expected.test(`${found.status} ${found.reason} ${found.message}`);
    });
    return found as Condition;
  }

  /** The objects of a kind in a namespace. */
  async list(kind: string, namespace: string): Promise<readonly StatusObject[]> {
    const out = await this.kubectl(['get', kind, '-n', namespace, '-o', 'json']);
    return (JSON.parse(out) as { items: readonly StatusObject[] }).items;
  }

  /** The events of a namespace: of which object, and how often each was told. */
  async allEvents(namespace: string): Promise<readonly Told[]> {
    const out = await this.kubectl(['get', 'events.v1.events.k8s.io', '-n', namespace, '-o', 'json']);
    const { items } = JSON.parse(out) as { items: readonly EventObject[] };
    return items.map(({ regarding: { name }, reason, note, series }) => ({
      name,
      reason,
      note,
      count: series?.count ?? 1,
    }));
  }

  /** The events of one object. */
  async events(name: string, namespace: string): Promise<readonly Told[]> {
    return (await this.allEvents(namespace)).filter((told) => told.name === name);
  }

  /** Waits until something holds. */
  async until(what: string, holds: () => Promise<boolean>): Promise<void> {
    for (let tries = 0; tries < 100; tries++) {
      if (await holds()) return;
      await sleep(100);
    }
    assert.fail(`${what} did not come true:\n${this.log}`);
  }

  /** Ends everything. */
  async close(): Promise<void> {
    await this.#edict?.stop();
    this.#edict?.forget();
    rmSync(this.root, { recursive: true, force: true });
    await this.plane.stop();
  }
}

interface EventObject {
  readonly regarding: { readonly name: string };
  readonly reason: string;
  readonly note: string;
  readonly series?: { readonly count: number };
}

/** The rule of a Role that a message ends with, as an object. */
export function ruleIn(message: string): object {
  const [rule] = /\{.*\}$/.exec(message) ?? [];
  return load(rule ?? assert.fail(message)) as object;
}
