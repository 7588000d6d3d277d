import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { FAULTS } from '../soak/fault-table.js';
import { faults } from '../soak/faults.js';
import { kill } from '../soak/kill.js';
import { formatAccount } from '../soak/report.js';
import { openSite, type Site } from '../soak/site.js';
import { freePort } from '../testbed/free-port.js';
import { RunningEdict } from './running-edict.js';

// Short forms of `npm run soak`, with a client that wants the same each time.
const SEED = 7;
const say = (): void => undefined;
/** A watch that falls silent takes longer to be noticed than a test may last. */
const SHORT = {
  ...FAULTS,
  ends: { ...FAULTS.ends, 'watch falls silent': 0 },
  life: [500, 5_000],
  tokenLife: 5_000,
} as const;

let site: Site;
const folder = mkdtempSync(join(tmpdir(), 'edict-faults-'));

before(async () => {
  site = await openSite();
});
after(async () => {
  await site?.close();
  rmSync(folder, { recursive: true, force: true });
});

test('killed at any moment, the engine goes on where it was: nothing is lost, left behind or there twice', async () => {
  const account = await kill(site, { kills: 4, deeds: 50, work: 4_000, seed: SEED, say });
  assert.deepEqual(account.violations, [], `${formatAccount(account)}\n${account.evidence}`);
});

test('behind a network that spoils everything, the engine loses no write and removes nothing that should live', async () => {
  const account = await faults(site, { seconds: 12, warmUp: 0, table: SHORT, seed: SEED, say });
  assert.deepEqual(account.violations, [], `${formatAccount(account)}\n${account.evidence}`);
});

/** Waits until an engine says something; one that ends never will. */
async function untilSaid(edict: RunningEdict, text: string): Promise<void> {
  while (!edict.log.includes(text)) {
    assert.ok(edict.isRunning, edict.log);
    await sleep(50);
  }
}

test('an engine that starts while the API server is away waits for it, and is not ready meanwhile', async () => {
  const server = site.plane.server('kube-apiserver');
  await server.kill();
  const port = await freePort();
  const edict = new RunningEdict(site.kubeconfig, site.state, [
    '--root',
    site.root,
    `--health-probe-bind-address=127.0.0.1:${port}`,
  ]);
  const ready = async (): Promise<number> => (await fetch(`http://127.0.0.1:${port}/readyz`)).status;
  await untilSaid(edict, 'not reached yet');
  assert.equal(await ready(), 503);
  server.start();
  await edict.running();
  while ((await ready()) !== 200) await sleep(50);
  assert.equal(await edict.stop(), 0);
});

test('an engine that waits for the API server ends when it is told to; one that does not trust it ends by itself', async () => {
  const config = (server: string): string => {
    const file = join(folder, 'kubeconfig');
    const cluster = { name: 'c', cluster: { server } };
    const context = { name: 'c', context: { cluster: 'c', user: 'u' } };
    const users = [{ name: 'u', user: { token: 'none' } }];
    writeFileSync(file, JSON.stringify({ clusters: [cluster], users, contexts: [context], 'current-context': 'c' }));
    return file;
  };
  const nobody = new RunningEdict(config(`https://127.0.0.1:${await freePort()}`), site.state, ['--root', site.root]);
  await untilSaid(nobody, 'not reached yet');
  assert.equal(await nobody.stop(), 0);
  const untrusted = new RunningEdict(config(site.plane.url), site.state, ['--root', site.root]);
  assert.equal(await untrusted.exit(), 1);
  assert.match(untrusted.log, /ClusterUnavailable/);
});
