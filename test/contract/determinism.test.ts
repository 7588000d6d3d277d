import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { parseCaseFacts } from '#cli/cases/case-facts.js';
import { findCases } from '#cli/cases/case-folder.js';
import { goldenOf } from '#cli/cases/case-golden.js';
import { caseContext } from '#cli/cases/case-suite.js';
import { type CaseContext, type CaseResult, runFacts } from '#cli/cases/run-case.js';
import type { LoadedCatalog } from '#cli/workspace.js';
import { isJsonObject, type Json } from '#model/json.js';
import { parseYamlDocument } from '#model/yaml.js';
import { openProject } from './project.js';

const cases = findCases('.', []);
let loaded: LoadedCatalog;
let context: CaseContext;

before(async () => {
  loaded = await openProject();
  const known = new Map<string, Json>();
  const store = { get: (key: string) => known.get(key), put: (key: string, value: Json) => void known.set(key, value) };
  context = caseContext(loaded, '.', store);
});

after(async () => {
  await loaded.tools.close();
});

/** Numbers from 0 up to 1 that are the same in every run (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function shuffled<Item>(items: readonly Item[], next: () => number): readonly Item[] {
  return items
    .map((item) => ({ item, rank: next() }))
    .sort((left, right) => left.rank - right.rank)
    .map(({ item }) => item);
}

/** `value` with the keys of every object in another order. The order of a list means something: it is kept. */
function shuffledKeys(value: Json, next: () => number): Json {
  if (Array.isArray(value)) return value.map((item: Json) => shuffledKeys(item, next));
  if (!isJsonObject(value)) return value;
  const entries = shuffled(Object.entries(value), next);
  return Object.fromEntries(entries.map(([key, item]) => [key, shuffledKeys(item, next)]));
}

/** Everything that a case comes to, as bytes: golden files, and every change with its body and hashes. */
function bytesOf(result: CaseResult): string {
  const passes = result.state === 'refused' ? [] : [result.planned, result.published];
  const plans = passes.map(({ changes, verdicts, outcome }) => [changes, verdicts, outcome]);
  return JSON.stringify([[...goldenOf(result)], plans], null, 1);
}

test('there are cases', () => assert.ok(cases.length > 0));

for (const [seed, folder] of cases.entries()) {
  test(`${folder.name}: the order of keys and children changes no byte`, async () => {
    const file = join(folder.path, 'facts.yaml');
    const { value } = parseYamlDocument(readFileSync(file, 'utf8'), { file });
    const next = random(seed);
    const other = parseCaseFacts(JSON.stringify(shuffledKeys(value, next)), file);
    const [first, second] = await Promise.all([
      runFacts(parseCaseFacts(JSON.stringify(value), file), folder, context),
      runFacts({ ...other, children: shuffled(other.children, next) }, folder, context),
    ]);
    assert.equal(bytesOf(second), bytesOf(first));
  });
}
