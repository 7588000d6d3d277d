import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Breaker, type Turn } from '#controller/breaker.js';
import type { Trail } from '#controller/trail.js';
import type { ObjectKey } from '#model/object.js';

const key = (name: string): ObjectKey => ({ apiVersion: 'example.org/v1', kind: 'Thing', namespace: 'shop', name });
const RULE = 'test/thing';

function trailOf(turn: Turn): Trail {
  if (turn.state !== 'pass') throw new Error(`no pass, but ${turn.state}`);
  return turn.trail;
}

/** Passes over these objects in turn, each led to by the one before, until one is no pass; how many there were. */
function passes(
  breaker: Breaker,
  nextName: (index: number) => string,
): { readonly count: number; readonly last: Turn } {
  let from: Trail | undefined;
  for (let count = 0; ; count++) {
    const name = key(nextName(count));
    breaker.woken(name, from);
    const turn = breaker.turn(name, RULE);
    if (turn.state !== 'pass' || count >= 1000) return { count, last: turn };
    from = turn.trail;
  }
}

test('an object whose passes lead back to it again and again is stalled once, with everybody of the loop named', () => {
  const breaker = new Breaker();
  const { count, last } = passes(breaker, (index) => ['a', 'b', 'c'][index % 3] as string);
  assert.deepEqual([count, last.state], [60, 'broken']);
  if (last.state !== 'broken' || last.outcome.state !== 'stalled') throw new Error('not stalled');
  assert.equal(last.outcome.reason, 'Unsettled');
  for (const name of ['a', 'b', 'c']) assert.ok(last.outcome.message.includes(`Thing/shop/${name} (rule ${RULE})`));
  assert.equal(last.trail.from, undefined);
  breaker.woken(key('a'), undefined);
  assert.equal(breaker.turn(key('a'), RULE).state, 'held');
  assert.equal(breaker.turn(key('b'), RULE).state, 'pass');
});

test('an object that undoes its own work is stalled too', () => {
  const { count, last } = passes(new Breaker(), () => 'a');
  assert.deepEqual([count, last.state], [20, 'broken']);
});

test('objects that make objects without end are stopped', () => {
  const { count, last } = passes(new Breaker(), (index) => `thing-${index}`);
  assert.deepEqual([count, last.state], [200, 'broken']);
});

test('a change by anybody else begins the count anew, whatever came before or comes after it', () => {
  for (const order of [0, 1]) {
    const breaker = new Breaker();
    let from: Trail | undefined;
    for (let round = 0; round < 100; round++) {
      const causes = round % 10 === 9 ? [from, undefined] : [from];
      for (const cause of order === 0 ? causes : causes.toReversed()) breaker.woken(key('a'), cause);
      from = trailOf(breaker.turn(key('a'), RULE));
    }
  }
});

test('a pass that nobody’s write led to begins a trail', () => {
  const breaker = new Breaker();
  breaker.woken(key('a'), trailOf(breaker.turn(key('b'), RULE)));
  assert.equal(trailOf(breaker.turn(key('a'), RULE)).from?.key.name, 'b');
  assert.equal(trailOf(breaker.turn(key('a'), RULE)).from, undefined);
});

test('one held object is enough for a loop that turns twice at once', () => {
  const breaker = new Breaker();
  let trails: readonly (Trail | undefined)[] = [undefined, undefined];
  const states: string[] = [];
  for (let round = 0; round < 60 && !states.includes('broken'); round++) {
    trails = ['a', 'b'].map((name, index) => {
      breaker.woken(key(name), trails[1 - index]);
      const turn = breaker.turn(key(name), RULE);
      states.push(turn.state);
      return turn.state === 'held' ? undefined : turn.trail;
    });
  }
  assert.deepEqual(states.slice(-2), ['broken', 'pass']);
});

test('whoever is held is let go when anything of its loop changes or is gone, and by nothing else', () => {
  const breaker = new Breaker();
  const loop = (): void => void passes(breaker, (index) => ['a', 'b'][index % 2] as string);
  loop();
  assert.deepEqual(breaker.release(key('c')), []);
  assert.deepEqual(breaker.release(key('b')), [key('a')]);
  assert.equal(breaker.turn(key('a'), RULE).state, 'pass');
  loop();
  assert.deepEqual(breaker.forget(key('b')), [key('a')]);
  loop();
  assert.deepEqual(breaker.forget(key('a')), []);
  assert.equal(breaker.turn(key('a'), RULE).state, 'pass');
});
