import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ResourceChange } from '#model/change-set.js';
import type { Json, JsonObject } from '#model/json.js';
import type { KubernetesObject } from '#model/object.js';
import { redactObject, redactPaths, redactValue, sensitiveTexts } from '#plan/redact.js';
import { CONFIG, type Facts, SECRET, THING } from '../reconcile/thing.js';
import { actions, config, ended, file, World } from '../reconcile/world.js';

const changeOf = (pass: Awaited<ReturnType<World['pass']>>, name: string): ResourceChange => {
  const found = pass.changes?.changes.find((change) => change.sink === 'cluster' && change.key.name === name);
  assert.ok(found?.sink === 'cluster', `${name} is in the plan`);
  return found;
};
/** A world whose template renders what the object says. */
const mirror = {
  desired: ({ object }: Facts) => ({ resources: object.spec.resources ?? [], files: object.spec.files ?? [] }),
};

const PASSWORD = 'correct horse battery staple';

test('no value of a Secret is in a plan, neither before nor after', async () => {
  const world = new World({ template: mirror });
  const secret = (value: string) => ({
    ...SECRET,
    metadata: { name: 's' },
    data: { password: Buffer.from(value).toString('base64') },
    stringData: { 'a.b': value },
  });
  await world.thing('one', { resources: [secret('first')] });
  await world.pass('one');
  await world.thing('one', { resources: [secret('second')] });
  const { fields, object } = changeOf(await world.pass('one', 'plan'), 's');
  assert.deepEqual(
    fields.map(({ path, before, after }) => [path, before, after]),
    [
      ['data.password', '(redacted)', '(redacted)'],
      ['stringData["a.b"]', '(redacted)', '(redacted)'],
    ],
  );
  assert.doesNotMatch(JSON.stringify(redactObject(object as KubernetesObject, [])), /second|c2Vjb25k/);
});

test('what stands at a sensitive path is shown nowhere, in whatever form', async () => {
  const world = new World({
    rule: { sensitive: ['spec.password', 'spec.pin', 'spec.key'] },
    template: {
      desired: ({ object: { spec } }: Facts) => ({
        resources: [
          config('x', {
            password: `user:${String(spec.password)}`,
            pin: String(spec.pin),
            other: '8080',
            encoded: Buffer.from(String(spec.password)).toString('base64'),
          }),
        ],
        files: [
          file('a.yaml', {
            nested: { password: spec.password ?? null, key: spec.key ?? null, pin: spec.pin ?? null, other: 8080 },
          }),
          file('b.txt', `password=${String(spec.password)}\n`),
        ],
      }),
    },
  });
  const key = '-----BEGIN KEY-----\nMIIBVgIBADANBgkqhkiG9w0\n-----END KEY-----\n';
  await world.thing('one', { password: PASSWORD, pin: 4711, key });
  await world.pass('one');
  await world.thing('one', { password: `${PASSWORD}!`, pin: 4712, key: key.replace('MII', 'MIX') });
  const { changes } = await world.pass('one', 'plan');
  const shown = JSON.stringify(changes?.changes.map(({ fields }) => fields));
  assert.doesNotMatch(shown, /horse|471[12]|MI[IX]BVg|Y29ycmVjd/);
  const entry = world.entry.rule.sensitive;
  const owner = (await world.get(THING, 'one')) as KubernetesObject;
  const documents = (changes?.changes ?? []).map(
    (change) => (change.sink === 'git' ? change.content : change.object) as Json,
  );
  assert.doesNotMatch(
    JSON.stringify(redactValue(documents, sensitiveTexts(owner, entry))),
    /horse|4712|MIXBVg|Y29ycmVjd/,
  );
  assert.match(JSON.stringify(redactValue(documents, sensitiveTexts(owner, entry))), /8080/);
});

test('short sensitive values are hidden where they stand alone, and disturb no other text', () => {
  const hide = (value: Json, ...sensitive: string[]) => redactValue(value, sensitive);
  assert.equal(hide('a banana in the cabana', 'ana'), 'a banana in the cabana');
  assert.equal(hide('--pin=12 v1.12.3 12ab', '12'), '--pin=(redacted) v1.12.3 12ab');
  assert.deepEqual(hide([12, 112, '12', true], '12'), ['(redacted)', 112, '(redacted)', true]);
  assert.equal(hide('hunter2hunter2', 'hunter2'), '(redacted)(redacted)');
  assert.equal(
    hide('the redacted one', 'redacted', 'the redacted'),
    '(redacted) one',
    'what is put in is not looked at again',
  );
  assert.equal(hide('a.b*c$d', 'a.b*c$d'), '(redacted)');
  assert.deepEqual(hide({ 'secret-key': 1 }, 'secret-key'), { '(redacted)': 1 });
  assert.equal(hide("it''s", "it's"), "it''s".length < 6 ? '(redacted)' : '');
  const owner = {
    ...THING,
    metadata: { name: 'a' },
    spec: { flag: true, list: [{ n: 5 }], none: null },
  } as unknown as KubernetesObject;
  assert.deepEqual(sensitiveTexts(owner, [['spec']]), ['5']);
  assert.deepEqual(
    (
      redactPaths(owner, [
        ['spec', 'flag'],
        ['spec', 'list', 0, 'n'],
        ['spec', 'absent'],
      ]) as unknown as JsonObject
    ).spec,
    {
      flag: '(redacted)',
      list: [{ n: '(redacted)' }],
      none: null,
    },
  );
});

test('a handle of a Secret is no drift, and another version of the Secret is another body', async () => {
  const world = new World({
    rule: { reads: { resources: [{ as: 'credentials', ...SECRET, name: 'credentials' }] } },
    template: {
      desired: () => ({
        resources: [
          config('x', { password: { $secret: { as: 'credentials', key: 'password' } } }),
          {
            ...SECRET,
            metadata: { name: 'copy' },
            data: { password: { $secret: { as: 'credentials', key: 'password' } } },
          },
        ],
      }),
    },
  });
  const credentials = (value: string) =>
    ({
      ...SECRET,
      metadata: { name: 'credentials', namespace: 'shop' },
      data: { password: Buffer.from(value).toString('base64') },
    }) as unknown as KubernetesObject;
  await world.store(credentials('first'));
  await world.thing('one');
  const first = await world.pass('one');
  assert.equal(ended(first), 'settled');
  const dataOf = async (kind: typeof CONFIG | typeof SECRET, name: string) =>
    ((await world.get(kind, name)) as unknown as { data: JsonObject }).data.password;
  assert.deepEqual(
    [await dataOf(CONFIG, 'x'), await dataOf(SECRET, 'copy')],
    ['first', Buffer.from('first').toString('base64')],
  );
  assert.deepEqual(actions(await world.pass('one')), ['none ConfigMap/x', 'none Secret/copy']);
  await world.store(credentials('second'));
  const pass = await world.pass('one');
  assert.deepEqual(actions(pass), ['update ConfigMap/x', 'update Secret/copy']);
  assert.doesNotMatch(JSON.stringify(pass.changes), /first|second/);
  assert.equal(await dataOf(CONFIG, 'x'), 'second');
});
