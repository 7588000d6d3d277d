import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Scene } from './cluster-scene.js';

const PLACE = 'office';
const KIND = 'letters.post.example.com';

let scene: Scene;

before(async () => {
  scene = await Scene.open('letters');
  await scene.kubectl(['create', 'namespace', PLACE]);
  await scene.run();
  await scene.apply(letter('good', { text: 'hello' }));
  await ready('good');
});
after(() => scene?.close());

const named = (kind: string, name: string, spec: unknown): object => ({
  apiVersion: 'post.example.com/v1',
  kind,
  metadata: { name, namespace: PLACE },
  spec,
});
const letter = (name: string, spec: unknown): object => named('Letter', name, spec);
const condition = (name: string, type: string, expected: RegExp, kind = KIND) =>
  scene.condition([kind, name, PLACE], type, expected);
const ready = (name: string, kind = KIND): Promise<string> =>
  scene.kubectl(['wait', '--for=condition=Ready', kind, name, '-n', PLACE, '--timeout=60s']);

/** How often an event with this reason was told of an object. */
async function told(name: string, reason: string): Promise<number> {
  const events = (await scene.events(name, PLACE)).filter((event) => event.reason === reason);
  return events.reduce((sum, { count }) => sum + count, 0);
}

/** That the rest keeps working: a change of a good object comes through. */
async function goesOn(text: string): Promise<void> {
  await scene.kubectl(['patch', KIND, 'good', '-n', PLACE, '--type=merge', '-p', JSON.stringify({ spec: { text } })]);
  await scene.until(`the text is ${text}`, async () => {
    const map = await scene.get<{ data: { text: string } }>('configmap', 'good', PLACE);
    return map?.data.text === text;
  });
}

/** What nobody checked: the object that is refused, the reason, and a message that says where and why. */
const WRONG: readonly (readonly [what: string, spec: object, expected: RegExp])[] = [
  ['a number for a text', { text: 1 }, /ObjectInvalid ConfigMap\/office\/wrong-0 data\.text: expected string/],
  ['an object for a text', { text: { a: [1] } }, /ObjectInvalid .* data\.text: expected string/],
  ['a text for a port', { port: 'http://x: 1' }, /ObjectInvalid Service\/office\/wrong-2 spec\.ports.*port: expected/],
  ['a port that is none', { port: 70000 }, /ObjectInvalid .* spec\.ports\[0\]\.port: .*between 1 and 65535/],
  ['a list for a port', { port: [80] }, /ObjectInvalid .* spec\.ports.*port.*: expected/],
  ['a text for a list', { lines: 'one' }, /TemplateFailed templates\/post\/letter\.jsonnet:\d+.*expected array/],
  ['nothing for a list', { lines: null }, /TemplateFailed templates\/post\/letter\.jsonnet:\d+.*expected array/],
  ['a path for a name', { as: '../../kube-system/configmaps/x' }, /TemplateOutputInvalid .*metadata\.name.*not a name/],
  ['an object for a name', { as: { a: 1 } }, /TemplateOutputInvalid .*metadata\.name must be a text/],
  ['a name in capitals', { as: 'Upper_Case' }, /TemplateOutputInvalid .*not a name/],
  ['a name that is too long', { as: 'x'.repeat(254) }, /TemplateOutputInvalid .*not a name/],
  ['a child that is too large', { text: 'x'.repeat(1_200_000) }, /ObjectInvalid .*1048576/],
];

/** Conditions of all letters, and how often which reason was told of them by an event. */
async function lookAtAll(): Promise<{
  readonly stalled: ReadonlyMap<string, string>;
  readonly events: readonly string[];
}> {
  const [letters, events] = [await scene.list(KIND, PLACE), await scene.allEvents(PLACE)];
  const stalled = letters.flatMap(({ metadata, status }) => {
    const condition = status?.conditions?.find(({ type }) => type === 'Stalled');
    if (condition?.status !== 'True') return [];
    return [[metadata.name, `${condition.reason} ${condition.message}`] as const];
  });
  return {
    stalled: new Map(stalled),
    events: events.flatMap(({ name, reason, count }) => Array(count).fill(`${name} ${reason}`)),
  };
}

test('wrong types, names and sizes in fields that nobody checks stall their object alone, which says where', async () => {
  const items = WRONG.map(([, spec], index) => letter(`wrong-${index}`, spec));
  await scene.kubectl(['create', '-f', '-'], { input: JSON.stringify({ apiVersion: 'v1', kind: 'List', items }) });
  let seen: Awaited<ReturnType<typeof lookAtAll>> | undefined;
  await scene.until('all are stalled, and an event tells of each', async () => {
    seen = await lookAtAll();
    const { stalled, events } = seen;
    return WRONG.every(
      (_, index) => stalled.has(`wrong-${index}`) && events.some((told) => told.startsWith(`wrong-${index} `)),
    );
  });
  for (const [index, [what, , expected]] of WRONG.entries()) {
    const message = seen?.stalled.get(`wrong-${index}`) ?? '';
    assert.match(message, new RegExp(`^${expected.source}`, 's'), what);
    assert.ok(message.length < 1000, `${what}: ${message.length} characters`);
    const told = seen?.events.filter((each) => each.startsWith(`wrong-${index} `));
    assert.deepEqual(told, [`wrong-${index} ${message.split(' ', 1)[0]}`], what);
  }
  await goesOn('after wrong input');
});

test('an object that leaves no room for its status gets its children, and the log says why it tells nothing', async () => {
  const withText = (name: string, size: number): string =>
    JSON.stringify(letter(name, { port: 80, more: 'y'.repeat(size) }));
  const refused = await scene.plane.kubectl(['create', '-f', '-'], { input: withText('larger', 3_200_000) });
  assert.notEqual(refused.code, 0);
  await scene.kubectl(['create', '-f', '-'], { input: withText('large', 1_571_700) });
  await scene.until('the Service is made', async () => (await scene.get('service', 'large', PLACE)) !== undefined);
  await scene.until('the log tells of it', async () => /"name":"large".*"reason":"ObjectTooLarge"/.test(scene.log));
  await goesOn('after a large object');
  await scene.kubectl(['delete', KIND, 'large', '-n', PLACE]);
});

test('names at their limits are served, or told which limit they pass', async () => {
  const longest = `${'l'.repeat(63)}.${'m'.repeat(63)}.${'n'.repeat(63)}.${'o'.repeat(61)}`;
  await scene.apply(letter(longest, { text: 'long' }));
  await ready(longest);
  assert.ok(await scene.get('configmap', longest, PLACE));
  await scene.until('an event tells of it', async () => (await scene.events(longest, PLACE)).length > 0);
  await scene.apply(letter('l'.repeat(63), { port: 80 }), letter('l'.repeat(64), { port: 80 }));
  await ready('l'.repeat(63));
  await condition('l'.repeat(64), 'Stalled', /^True (ObjectInvalid|TemplateOutputInvalid) .*name.*63/s);
});

test('a child that somebody else made is left as it is, and so is one of another object', async () => {
  await scene.apply({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'theirs', namespace: PLACE },
    data: { text: 'mine' },
  });
  const uid = async (name: string) =>
    (await scene.get<{ metadata: { resourceVersion: string } }>('configmap', name, PLACE))?.metadata.resourceVersion;
  const [theirs, good] = [await uid('theirs'), await uid('good')];
  await scene.apply(letter('theirs', { text: 'x' }), letter('greedy', { as: 'good', text: 'x' }));
  const taken = await condition('theirs', 'Stalled', /^True FieldTaken /);
  assert.match(taken.message, /^ConfigMap\/office\/theirs is there already, made by kubectl\. .*adopt/);
  const other = await condition('greedy', 'Stalled', /^True ObjectTaken /);
  assert.match(other.message, /^ConfigMap\/office\/good belongs to Letter\/good\. Give one of the two another name\./);
  assert.deepEqual([await uid('theirs'), await uid('good')], [theirs, good]);
  await scene.kubectl(['delete', KIND, 'theirs', 'greedy', '-n', PLACE]);
  await scene.until('they are gone', async () => (await scene.get(KIND, 'greedy', PLACE)) === undefined);
  assert.deepEqual([await uid('theirs'), await uid('good')], [theirs, good]);
});

test('a Secret that is missing, or lacks a key, is named; when it is there, the object goes on by itself', async () => {
  const parcels = 'parcels.post.example.com';
  await scene.apply(named('Parcel', 'box', { secret: 'content', key: 'token' }));
  const { message } = await condition('box', 'Ready', /^False ObjectNotFound /, parcels);
  assert.match(message, /the Secret that is read as content has no key token\. Create the Secret with that key/);
  await scene.kubectl(['create', 'secret', 'generic', 'content', '-n', PLACE, '--from-literal=other=hunter2']);
  await condition('box', 'Ready', /^False ObjectNotFound /, parcels);
  await scene.kubectl(['patch', 'secret', 'content', '-n', PLACE, '-p', '{"stringData":{"token":"hunter2"}}']);
  await ready('box', parcels);
  assert.equal(await told('box', 'ObjectNotFound'), 1);
  assert.doesNotMatch(scene.log, /hunter2|aHVudGVyMg/);
  await goesOn('after a missing Secret');
});
