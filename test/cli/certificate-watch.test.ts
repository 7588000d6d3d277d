import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { readCertificateFiles } from '#adapters/certificates/certificate-files.js';
import type { Issued } from '#adapters/certificates/issue.js';
import { renewed } from '#adapters/certificates/renew.js';
import type { NamedSecret } from '#adapters/kubernetes/named-secret.js';
import { Logger } from '#adapters/logger/logger.js';
import { CertificateWatch, type CertificateWatchOptions } from '#cli/run/certificate-watch.js';
import { sharedCertificate } from '#cli/run/shared-certificates.js';
import { EdictError } from '#errors/edict-error.js';
import { FakeTimer } from '../engine/controller/fake-timer.js';

const NOW = Date.now();
const [first, second] = [await renewed(undefined, ['a.svc'], NOW), await renewed(undefined, ['a.svc'], NOW)];

/** What a watch does, in order: registrations, certificates and lines of the log. */
function watched(options: Partial<CertificateWatchOptions>): { readonly done: string[]; readonly timer: FakeTimer } {
  const done: string[] = [];
  const timer = new FakeTimer();
  const write = (line: string): number => done.push((JSON.parse(line) as { message: string }).message);
  const watch = new CertificateWatch({
    read: async () => ({ serving: first.serving, authorities: first.authorities }),
    secure: ({ certificate }: Issued) => done.push(certificate === first.serving.certificate ? 'first' : 'second'),
    register: async (authorities) => {
      done.push(`register ${authorities === first.authorities ? 'first' : 'second'}`);
      return 'unchanged';
    },
    configuration: 'c',
    timer,
    logger: new Logger({ level: 'info', format: 'json', clock: timer, write }),
    ...options,
  });
  void watch.start();
  return { done, timer };
}

test('whom to trust is told before the certificate is shown; what stays the same is not shown again', async () => {
  const { done, timer } = watched({});
  await timer.pass(0);
  assert.deepEqual(done, ['register first', 'first', 'webhooks are served']);
  done.length = 0;
  await timer.pass(10_000);
  assert.deepEqual(done, ['register first']);
});

test('another certificate is taken up', async () => {
  let present = first;
  const { done, timer } = watched({
    read: async () => ({ serving: present.serving, authorities: present.authorities }),
  });
  await timer.pass(0);
  present = second;
  done.length = 0;
  await timer.pass(10_000);
  assert.deepEqual(done, ['register second', 'second', 'the webhook certificate was renewed']);
});

test('that nobody is told to ask is said once, and said again after it was otherwise', async () => {
  let state: 'absent' | 'unchanged' = 'absent';
  const { done, timer } = watched({ register: async () => state });
  const said = (): number => done.filter((line) => /nobody is told to ask/.test(line)).length;
  await timer.pass(20_000);
  assert.deepEqual([said(), done.includes('first')], [1, true]);
  state = 'unchanged';
  await timer.pass(10_000);
  state = 'absent';
  await timer.pass(10_000);
  assert.equal(said(), 2);
});

test('why a certificate cannot be had is said once; the old one stays, and a new one is taken up when it is there', async () => {
  let fault: EdictError | undefined;
  const { done, timer } = watched({
    read: async () => {
      if (fault !== undefined) throw fault;
      return { serving: second.serving, authorities: undefined };
    },
  });
  await timer.pass(0);
  assert.deepEqual(done, ['second', 'webhooks are served']);
  fault = new EdictError({ code: 'ClusterForbidden', message: 'no', location: {} });
  await timer.pass(30_000);
  assert.deepEqual(done.slice(2), ['the webhook certificate cannot be had']);
  fault = new EdictError({ code: 'ObjectConflict', message: 'another was faster', location: {} });
  await timer.pass(10_000);
  assert.equal(done.length, 3);
});

test('who may not tell the API server whom to trust serves all the same; a failure that passes is waited for', async () => {
  let code: 'ClusterForbidden' | 'ClusterUnavailable' = 'ClusterUnavailable';
  const { done, timer } = watched({
    register: () => Promise.reject(new EdictError({ code, message: 'no', location: {} })),
  });
  await timer.pass(10_000);
  assert.deepEqual(done, ['the webhook certificate cannot be had']);
  code = 'ClusterForbidden';
  await timer.pass(10_000);
  assert.deepEqual(done.slice(1), ['the API server cannot be told whom to trust', 'first', 'webhooks are served']);
});

/** A Secret that is kept as the API server keeps one. */
class KeptSecret implements Pick<NamedSecret, 'read' | 'write'> {
  data: ReadonlyMap<string, string> = new Map();
  #version = 0;
  writes = 0;

  async read() {
    return { data: this.data, version: String(this.#version) };
  }

  async write(data: ReadonlyMap<string, string>, version: string | undefined): Promise<void> {
    if (version !== String(this.#version)) throw new EdictError({ code: 'ObjectConflict', message: '', location: {} });
    this.data = data;
    this.#version++;
    this.writes++;
  }
}

test('of replicas that begin at once one makes the certificate, and all have it', async () => {
  const kept = new KeptSecret();
  const ask = () => sharedCertificate(kept as unknown as NamedSecret, ['a.svc'], { now: () => NOW });
  const results = await Promise.allSettled([ask(), ask(), ask()]);
  assert.deepEqual(results.map(({ status }) => status).sort(), ['fulfilled', 'rejected', 'rejected']);
  const [one, other] = [await ask(), await ask()];
  assert.deepEqual(one, other);
  assert.equal(kept.writes, 1);
  kept.data = new Map([...kept.data].filter(([key]) => key !== 'tls.key'));
  assert.notDeepEqual(await ask(), one);
});

const folder = mkdtempSync(join(tmpdir(), 'edict-certificates-'));
after(() => rmSync(folder, { recursive: true }));

test('files are taken as they are once they belong together', async () => {
  const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);
  const code = async (): Promise<string> =>
    readCertificateFiles(folder).then(
      () => 'read',
      (error: EdictError) => error.code,
    );
  assert.equal(await code(), 'FileUnreadable');
  write('tls.crt', first.serving.certificate);
  write('tls.key', second.serving.key);
  assert.equal(await code(), 'CertificateInvalid');
  write('tls.key', first.serving.key);
  assert.deepEqual(await readCertificateFiles(folder), { serving: first.serving, authorities: undefined });
  write('ca.crt', first.authorities);
  assert.equal((await readCertificateFiles(folder)).authorities, first.authorities);
});
