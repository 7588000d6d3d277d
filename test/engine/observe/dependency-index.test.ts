import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '#model/json.js';
import { identityOf, type KubernetesObject, keyOf } from '#model/object.js';
import type { ResourceRead, Rule } from '#model/rule.js';
import { DependencyIndex, type ObjectEvent } from '#observe/dependency-index.js';
import { readRelated } from '#observe/related.js';
import { entryOf } from '../catalog/rule-set.js';
import { MemoryCluster } from './memory-cluster.js';

/** Numbers from 0 to 1, the same in every run (mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const READS: readonly JsonObject[] = [
  { as: 'named', name: { path: 'spec.ref' } },
  { as: 'anywhere', name: { path: 'spec.ref' }, namespace: 'any' },
  { as: 'there', name: 'b', namespace: { path: 'spec.namespace' } },
  { as: 'fixed', namespace: 'x', labels: { app: { path: 'spec.app' }, tier: 'web' } },
  { as: 'labelled', labels: { app: { path: 'spec.app' } } },
  { as: 'matching', where: [{ field: 'spec.size', equals: { path: 'spec.size' } }] },
  { as: 'everything' },
  { as: 'projected', labels: { app: { path: 'spec.app' } }, fields: ['spec.size', 'metadata.labels'] },
];

const rules: readonly Rule[] = READS.map(
  (read) => entryOf({ reads: { resources: [{ apiVersion: 'v1', kind: 'Thing', ...read }] } }).rule,
);

test('an event wakes exactly the owners that see it, for random owners, reads and events', async () => {
  const random = randomNumbers(20260101);
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item;
  const maybe = (value: JsonObject): JsonObject => (random() < 0.8 ? value : {});
  const texts = ['a', 'b', 'c'];
  const owner = (name: string): KubernetesObject => ({
    apiVersion: 'example.org/v1',
    kind: 'Gadget',
    metadata: { name, ...maybe({ namespace: pick(['x', 'y']) }) },
    spec: {
      ...maybe({ ref: pick([...texts, '', '../a']) }),
      ...maybe({ app: pick(texts) }),
      ...maybe({ size: pick([1, 2, '1']) }),
      ...maybe({ namespace: pick(['x', 'y', 'X/']) }),
    },
  });
  const thing = (): KubernetesObject => ({
    apiVersion: 'v1',
    kind: 'Thing',
    metadata: {
      name: pick(texts),
      ...maybe({ namespace: pick(['x', 'y']) }),
      labels: { ...maybe({ app: pick(texts) }), ...maybe({ tier: 'web' }) } as never,
      resourceVersion: String(random()),
    },
    spec: { ...maybe({ size: pick([1, 2]) }), note: pick(texts) },
  });
  const index = new DependencyIndex();
  const owners = new Map<string, { readonly rule: Rule; readonly owner: KubernetesObject }>();
  const cluster = new MemoryCluster();
  let woken = 0;
  for (let step = 0; step < 3000; step++) {
    if (step < 60 || random() < 0.3) {
      const rule = pick(rules);
      const changed = owner(`owner${Math.floor(random() * 60)}`);
      for (const [identity, known] of owners)
        if (known.owner.metadata.name === changed.metadata.name) {
          index.remove(keyOf(known.owner));
          owners.delete(identity);
        }
      if (random() < 0.9) {
        index.set(rule, changed);
        owners.set(identityOf(keyOf(changed)), { rule, owner: changed });
      }
      continue;
    }
    const after = thing();
    const before = cluster.find(keyOf(after));
    const event: ObjectEvent = random() < 0.2 ? { before, after: undefined } : { before, after };
    const seen = await seenBy(owners, cluster);
    cluster.put(keyOf(after), event.after);
    const seenAfter = await seenBy(owners, cluster);
    const expected = [...owners.keys()].filter((identity) => seen.get(identity) !== seenAfter.get(identity)).sort();
    const found = new Set(index.ownersOf(event).map(identityOf));
    // Who is named by chance as somebody else, older, is woken in vain: nobody sees the younger one.
    const ambiguous = new Set([...owners].filter(([, { rule }]) => rule === rules[1]).map(([identity]) => identity));
    assert.deepEqual(
      expected.filter((identity) => !found.has(identity)),
      [],
      `step ${step}`,
    );
    assert.deepEqual(
      [...found].filter((identity) => !expected.includes(identity) && !ambiguous.has(identity)),
      [],
      `step ${step}`,
    );
    woken += found.size;
  }
  assert.ok(woken > 1000, `${woken} owners were woken`);
});

/** What each owner sees by its read, as text: the slow way to tell whom an event concerns. */
async function seenBy(
  owners: ReadonlyMap<string, { readonly rule: Rule; readonly owner: KubernetesObject }>,
  cluster: MemoryCluster,
): Promise<ReadonlyMap<string, string>> {
  const seen = [...owners].map(async ([identity, { rule, owner }]) => {
    const found = await readRelated(rule.reads.resources[0] as ResourceRead, owner, cluster);
    return [identity, JSON.stringify(found)] as const;
  });
  return new Map(await Promise.all(seen));
}

const owner = (name: string, spec: JsonObject): KubernetesObject => ({
  apiVersion: 'example.org/v1',
  kind: 'Gadget',
  metadata: { name, namespace: 'x' },
  spec,
});
const named = (name: string, more: JsonObject = {}): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Thing',
  metadata: { name, namespace: 'x' },
  ...more,
});
const wokenBy = (index: DependencyIndex, event: ObjectEvent): readonly string[] =>
  index
    .ownersOf(event)
    .map(({ name }) => name)
    .sort();
const [byName, , , , , , , projected] = rules as readonly [Rule, Rule, Rule, Rule, Rule, Rule, Rule, Rule];

test('an owner whose binding changes, or that leaves, is found where it looks now and nowhere else', () => {
  const index = new DependencyIndex();
  index.set(byName, owner('one', { ref: 'a' }));
  index.set(byName, owner('two', { ref: 'a' }));
  assert.deepEqual(wokenBy(index, { before: undefined, after: named('a') }), ['one', 'two']);
  index.set(byName, owner('one', { ref: 'b' }));
  assert.deepEqual(wokenBy(index, { before: undefined, after: named('a') }), ['two']);
  assert.deepEqual(wokenBy(index, { before: named('b'), after: undefined }), ['one']);
  index.remove(keyOf(owner('one', {})));
  assert.deepEqual(wokenBy(index, { before: undefined, after: named('b') }), []);
});

test('a change outside the projection, or of bookkeeping alone, wakes nobody', () => {
  const index = new DependencyIndex();
  index.set(projected, owner('one', { app: 'a' }));
  index.set(byName, owner('two', { ref: 'a' }));
  const before = {
    ...named('a', { spec: { size: 1, note: 'x' } }),
    metadata: { name: 'a', namespace: 'x', labels: { app: 'a' }, resourceVersion: '1' },
  };
  assert.deepEqual(wokenBy(index, { before, after: { ...before, spec: { size: 1, note: 'y' } } }), ['two']);
  assert.deepEqual(wokenBy(index, { before, after: { ...before, spec: { size: 2, note: 'x' } } }), ['one', 'two']);
  const touched = { ...before.metadata, resourceVersion: '2', managedFields: [{ manager: 'x' }], finalizers: ['a/b'] };
  assert.deepEqual(wokenBy(index, { before, after: { ...before, metadata: touched } }), []);
  assert.deepEqual(
    wokenBy(index, { before, after: { ...before, metadata: { ...before.metadata, labels: { app: 'b' } } } }),
    ['one', 'two'],
  );
});

test('a Secret wakes its readers when a value changes, whatever they project', () => {
  const index = new DependencyIndex();
  const { rule } = entryOf({
    reads: { resources: [{ as: 'a', apiVersion: 'v1', kind: 'Secret', name: 's', fields: ['metadata.labels'] }] },
  });
  index.set(rule, owner('one', {}));
  const secret = (data: JsonObject): KubernetesObject => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 's', namespace: 'x' },
    data,
  });
  assert.deepEqual(wokenBy(index, { before: secret({ a: 'MQ==' }), after: secret({ a: 'Mg==' }) }), ['one']);
  assert.deepEqual(wokenBy(index, { before: secret({ a: 'MQ==' }), after: secret({ a: 'MQ==' }) }), []);
});

test('events of other kinds, and empty ones, wake nobody, and versions of one kind are one', () => {
  const index = new DependencyIndex();
  const { rule } = entryOf({
    reads: { resources: [{ as: 'a', apiVersion: 'apps/v1', kind: 'Deployment', name: 'd' }] },
  });
  index.set(rule, owner('one', {}));
  const deployment = (apiVersion: string): KubernetesObject => ({
    apiVersion,
    kind: 'Deployment',
    metadata: { name: 'd', namespace: 'x' },
  });
  assert.deepEqual(wokenBy(index, { before: undefined, after: deployment('apps/v1beta1') }), ['one']);
  assert.deepEqual(wokenBy(index, { before: undefined, after: deployment('other/v1') }), []);
  assert.deepEqual(wokenBy(index, { before: undefined, after: undefined }), []);
});

test('finding the owners of an event looks at no other owner', () => {
  const index = new DependencyIndex();
  let looks = 0;
  for (let count = 0; count < 2000; count++) {
    const spec = {
      get ref() {
        looks++;
        return `name${count}`;
      },
    };
    index.set(byName, owner(`owner${count}`, spec));
  }
  looks = 0;
  assert.deepEqual(wokenBy(index, { before: undefined, after: named('name7') }), ['owner7']);
  assert.equal(looks, 0);
});
