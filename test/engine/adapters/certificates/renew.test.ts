import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { connect } from 'node:tls';
import { type KeptCertificates, renewed } from '#adapters/certificates/renew.js';

const DAY = 24 * 60 * 60 * 1000;
const NOW = Date.now();
const NAMES = ['webhook.engine.svc', '127.0.0.1', '::1'];

const first = await renewed(undefined, NAMES, NOW);

/** Subject of the certificate that a client accepts for a name; the error where it does not. */
async function shown({ serving }: KeptCertificates, authorities: string, servername: string): Promise<string> {
  const server = createServer({ cert: serving.certificate, key: serving.key });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  try {
    return await new Promise<string>((resolve) => {
      const options = servername === '127.0.0.1' ? {} : { servername };
      const socket = connect({ port, host: '127.0.0.1', ca: authorities, ...options }, () => {
        socket.end();
        resolve('accepted');
      });
      socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    });
  } finally {
    server.close();
  }
}

test('a client that trusts the authority accepts the certificate for its names, and for no other', async () => {
  assert.equal(await shown(first, first.authorities, 'webhook.engine.svc'), 'accepted');
  assert.equal(await shown(first, first.authorities, '127.0.0.1'), 'accepted');
  assert.equal(await shown(first, first.authorities, 'other.engine.svc'), 'ERR_TLS_CERT_ALTNAME_INVALID');
  const stranger = await renewed(undefined, NAMES, NOW);
  assert.notEqual(await shown(first, stranger.authorities, 'webhook.engine.svc'), 'accepted');
});

test('what is kept stays as it is while it is good', async () => {
  assert.equal(await renewed(first, NAMES, NOW), first);
  assert.equal(await renewed(first, NAMES.slice(1), NOW + 200 * DAY), first);
});

test('a certificate that nears its end is made anew by the same authority', async () => {
  const later = NOW + 260 * DAY;
  const next = await renewed(first, NAMES, later);
  assert.equal(next.authorities, first.authorities);
  assert.equal(next.authorityKey, first.authorityKey);
  assert.ok(Date.parse(new X509Certificate(next.serving.certificate).validTo) > later + 300 * DAY);
  assert.equal(await renewed(next, NAMES, later), next);
});

test('a name that is asked for is added, and those of other replicas stay', async () => {
  const next = await renewed(first, ['localhost'], NOW);
  const { subjectAltName = '' } = new X509Certificate(next.serving.certificate);
  for (const name of ['localhost', 'webhook.engine.svc', '127.0.0.1'])
    assert.match(subjectAltName, new RegExp(`[:]${name}(,|$)`));
  assert.equal(await renewed(next, NAMES, NOW), next);
});

test('an authority that nears its end is replaced, and trusted while it lasts', async () => {
  const next = await renewed(first, NAMES, NOW + 2500 * DAY);
  assert.ok(next.authorities.endsWith(first.authorities));
  assert.notEqual(next.authorityKey, first.authorityKey);
  assert.equal(next.authorities.match(/BEGIN/g)?.length, 2);
  const afterwards = await renewed(next, NAMES, NOW + 3700 * DAY + 2500 * DAY);
  assert.equal(afterwards.authorities.match(/BEGIN/g)?.length, 1);
});

const broken: readonly (readonly [title: string, kept: KeptCertificates])[] = [
  ['no authority', { ...first, authorities: '' }],
  [
    'an authority that is no certificate',
    { ...first, authorities: first.authorities.replace(/M[A-Za-z0-9+/]{20}/, 'x') },
  ],
  ['a certificate that is none', { ...first, serving: { certificate: 'x', key: 'y' } }],
  ['a key of another authority', { ...first, authorityKey: first.serving.key }],
  ['a key of another certificate', { ...first, serving: { ...first.serving, key: first.authorityKey } }],
];

for (const [title, kept] of broken) {
  test(`${title} leads to new certificates`, async () => {
    const next = await renewed(kept, NAMES, NOW);
    assert.notEqual(next, kept);
    assert.equal(await renewed(next, NAMES, NOW), next);
    assert.equal(await shown(next, next.authorities, 'webhook.engine.svc'), 'accepted');
  });
}
