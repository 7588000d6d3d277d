import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { countWrites, requestCounts } from '../testbed/api-metrics.js';
import { install, RunningEdict } from './running-edict.js';
import { startWorld, type World } from './world.js';

export const RULE_SET = 'test/fixtures/rulesets/neighbours';

/** An engine with the rules of tenants, which live among the objects of others, on an API server. */
export interface Neighbours extends World {
  readonly edict: RunningEdict;
  /** Applies an object as its owner does, who is no part of Edict. */
  given(object: object, ...words: string[]): Promise<string>;
  /** Applies a Tenant that asks for this. */
  tenant(name: string, spec: object): Promise<string>;
  /** What is at a path of an object, as kubectl prints it; empty where there is none. */
  field(name: string, path: string): Promise<string>;
  /** Waits until what is read is this, or matches; names what it waits for. */
  becomes(what: string, read: () => Promise<string>, wanted: string | RegExp): Promise<void>;
  /** Waits until a condition of a Tenant says this; gives its message. */
  says(name: string, condition: string, reason: string): Promise<string>;
  /** Field managers of an object, with their operation, sorted. */
  managers(name: string): Promise<readonly string[]>;
  /** Writes that the API server was asked for so far, refused ones too; of one resource where it is named. */
  writes(resource?: string): Promise<number>;
  /** Ends the engine and starts it anew, without any memory; with another rule set where one is given. */
  restart(ruleSet?: string): Promise<void>;
}

/** Starts all of it. */
export async function startNeighbours(): Promise<Neighbours> {
  const world = await startWorld();
  const { plane, succeed } = world;
  const kubeconfig = await install(plane, RULE_SET);
  const start = async (ruleSet = RULE_SET): Promise<RunningEdict> => {
    const edict = new RunningEdict(kubeconfig, undefined, ['-C', ruleSet]);
    await edict.running();
    return edict;
  };
  let edict = await start();
  const field = (name: string, path: string): Promise<string> =>
    succeed(['get', ...name.split('/'), '--ignore-not-found', '-o', `jsonpath={${path}}`]);
  const given = async (object: object, ...words: string[]): Promise<string> => {
    const { code, out, err } = await plane.kubectl(words.length === 0 ? ['apply', '-f', '-'] : words, {
      input: JSON.stringify(object),
    });
    assert.equal(code, 0, `${out}${err}`);
    return out;
  };
  const becomes: Neighbours['becomes'] = async (what, read, wanted) => {
    let is = '';
    for (let tries = 0; tries < 150; tries++) {
      is = await read();
      if (typeof wanted === 'string' ? is === wanted : wanted.test(is)) return;
      await sleep(100);
    }
    assert.fail(`${what} did not become ${String(wanted)}, but is ${is}:\n${edict.log}`);
  };
  return {
    ...world,
    get edict() {
      return edict;
    },
    given,
    field,
    becomes,
    tenant: (name, spec) =>
      given({ apiVersion: 'lab.example.org/v1', kind: 'Tenant', metadata: { name, namespace: 'default' }, spec }),
    async says(name, condition, reason) {
      const path = (of: string): string => `.status.conditions[?(@.type=="${condition}")].${of}`;
      await becomes(`${condition} of ${name}`, () => field(`tenant/${name}`, path('reason')), reason);
      return field(`tenant/${name}`, path('message'));
    },
    async managers(name) {
      const text = await succeed(['get', ...name.split('/'), '--show-managed-fields', '-o', 'json']);
      const { metadata } = JSON.parse(text) as {
        metadata: { managedFields: { manager: string; operation: string }[] };
      };
      return metadata.managedFields.map(({ manager, operation }) => `${manager} ${operation}`).sort();
    },
    async writes(resource) {
      return countWrites(requestCounts(await succeed(['get', '--raw', '/metrics'])), resource);
    },
    async restart(ruleSet) {
      await edict.stop();
      edict.forget();
      edict = await start(ruleSet);
    },
    async stop() {
      await edict.stop();
      edict.forget();
      await world.stop();
    },
  };
}

/** A ConfigMap of namespace default. */
export function config(name: string, data: Record<string, string>): object {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'default' }, data };
}

/** A Deployment of namespace default, with these containers. */
export function deployment(name: string, containers: readonly object[], more: object = {}): object {
  const labels = { app: name };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: 'default' },
    spec: { ...more, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers } } },
  };
}
