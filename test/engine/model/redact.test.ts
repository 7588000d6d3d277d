import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Json, JsonObject } from '#model/json.js';
import type { KubernetesObject } from '#model/object.js';
import { redactObject, redactPaths, redactValue, sensitiveTexts } from '#model/redact.js';
import { dumpYaml } from '#model/yaml.js';
import { type Facts, mirror, SECRET, THING } from '../reconcile/thing.js';
import { changeOf, config, file, World } from '../reconcile/world.js';

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
            'a.yaml': dumpYaml({
              nested: { password: spec.password ?? null, key: spec.key ?? null, pin: spec.pin ?? null },
            }),
            'b.txt': `password=${String(spec.password)}\n`,
          }),
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

test('what stands at a sensitive path is never committed', async () => {
  for (const content of [{ deep: [PASSWORD] }, `a=${PASSWORD}\n`, Buffer.from(PASSWORD).toString('base64')]) {
    const world = new World({
      rule: { sensitive: ['spec.password'] },
      template: { desired: () => ({ files: [file('a.yaml', content)] }) },
    });
    await world.thing('one', { password: PASSWORD });
    const { faults, changes } = await world.pass('one', 'plan');
    assert.deepEqual([faults[0]?.code, changes], ['SecretForbidden', undefined]);
    assert.doesNotMatch(JSON.stringify(faults), /horse|Y29ycmVjd/);
  }
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
