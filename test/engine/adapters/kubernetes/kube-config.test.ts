import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { after, test } from 'node:test';
import { loadConnection } from '#adapters/kubernetes/kube-config.js';
import { EdictError } from '#errors/edict-error.js';

const root = mkdtempSync(join(tmpdir(), 'edict-kubeconfig-'));
after(() => rmSync(root, { recursive: true }));

function config(name: string, user: object, more: object = {}): string {
  const path = join(root, name);
  const document = {
    clusters: [{ name: 'c', cluster: { server: `https://${name}.example.org:6443/prefix`, ...more } }],
    users: [{ name: 'u', user }],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u', namespace: `of-${name}` } }],
    'current-context': 'x',
  };
  writeFileSync(path, JSON.stringify(document));
  return path;
}

const refused = (pattern: RegExp) => (error: unknown) => {
  assert.ok(error instanceof EdictError && error.code === 'ClusterUnavailable', String(error));
  assert.match(error.message, pattern);
  assert.doesNotMatch(`${error.message} ${error.stack} ${error.cause}`, /hunter2/);
  return true;
};

test('server, namespace, certificates and token come from the file that is named', async () => {
  writeFileSync(join(root, 'ca.pem'), 'authority');
  const path = config('one', { token: 'secret' }, { 'certificate-authority': 'ca.pem', 'tls-server-name': 'other' });
  const connection = await loadConnection({ variables: { KUBECONFIG: path } });
  assert.equal(connection.server.href, 'https://one.example.org:6443/prefix');
  assert.equal(connection.namespace, 'of-one');
  const { tls, headers } = await connection.credentials();
  assert.equal(String(tls.ca), 'authority');
  assert.equal(tls.servername, 'other');
  assert.deepEqual(headers, { authorization: 'Bearer secret' });
});

test('of several files the first that says something wins, and one that is missing is skipped', async () => {
  const paths = [join(root, 'missing'), config('first', { token: '1' }), config('second', { token: '2' })];
  const connection = await loadConnection({ variables: { KUBECONFIG: paths.join(delimiter) } });
  assert.equal(connection.server.hostname, 'first.example.org');
});

test('a token file is read again', async () => {
  const token = join(root, 'token');
  writeFileSync(token, 'old\n');
  const connection = await loadConnection({
    variables: {},
    paths: [config('file', { tokenFile: 'token', token: 'other' })],
  });
  assert.deepEqual((await connection.credentials()).headers, { authorization: 'Bearer old' });
  writeFileSync(token, 'new\n');
  assert.deepEqual((await connection.credentials()).headers, { authorization: 'Bearer old' });
  assert.deepEqual((await connection.credentials(true)).headers, { authorization: 'Bearer new' });
});

test('a plugin is asked for credentials, and again where they are refused', async () => {
  const script = join(root, 'plugin.cjs');
  writeFileSync(
    script,
    `const fs = require('fs'); const n = fs.existsSync('${root}/count') ? 2 : 1; fs.writeFileSync('${root}/count', '');
     console.log(JSON.stringify({ kind: 'ExecCredential', status: { token: 'from-plugin-' + n } }));`,
  );
  const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: process.execPath, args: [script] };
  const connection = await loadConnection({ variables: {}, paths: [config('exec', { exec })] });
  assert.deepEqual((await connection.credentials()).headers, { authorization: 'Bearer from-plugin-1' });
  assert.deepEqual((await connection.credentials()).headers, { authorization: 'Bearer from-plugin-1' });
  assert.deepEqual((await connection.credentials(true)).headers, { authorization: 'Bearer from-plugin-2' });
});

test('a plugin that fails is named, and what it says is not told', async () => {
  const exec = { command: process.execPath, args: ['-e', 'console.error("hunter2"); process.exit(1)'] };
  const connection = await loadConnection({ variables: {}, paths: [config('failing', { exec })] });
  await assert.rejects(connection.credentials(), refused(/no credentials can be had for user u from .*node/));
});

test('plain HTTP and passwords work', async () => {
  const path = config('plain', { username: 'me', password: 'pw' }, { server: 'http://127.0.0.1:8001' });
  const { headers } = await (await loadConnection({ variables: {}, paths: [path] })).credentials();
  assert.deepEqual(headers, { authorization: `Basic ${Buffer.from('me:pw').toString('base64')}` });
});

test('without any kubeconfig, with a broken one or an unknown context it says so', async () => {
  await assert.rejects(loadConnection({ variables: {} }), refused(/no cluster is named/));
  await assert.rejects(loadConnection({ variables: { HOME: root } }), refused(/no kubeconfig can be used of/));
  mkdirSync(join(root, 'folder'));
  await assert.rejects(loadConnection({ variables: { KUBECONFIG: join(root, 'folder') } }), refused(/EISDIR/));
  writeFileSync(join(root, 'broken'), 'users: [{token: hunter2');
  await assert.rejects(loadConnection({ variables: { KUBECONFIG: join(root, 'broken') } }), refused(/cannot be read/));
  const path = config('context', {});
  await assert.rejects(loadConnection({ variables: {}, paths: [path], context: 'y' }), refused(/no context y/));
});
