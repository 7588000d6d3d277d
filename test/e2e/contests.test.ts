import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { config, type Neighbours, startNeighbours } from './neighbours.js';

let world: Neighbours;

before(async () => {
  world = await startNeighbours();
});
after(async () => {
  await world?.stop();
});

/** Changes a field of a ConfigMap back whenever it has another value, as a rival; gives how often, when it is ended. */
function fight(name: string, value: string): () => Promise<number> {
  let [isOn, changes] = [true, 0];
  const patch = JSON.stringify({ data: { a: value } });
  const loop = (async () => {
    while (isOn) {
      if ((await world.field(`configmap/${name}`, '.data.a')) === value) await sleep(50);
      else {
        await world.succeed(['patch', 'configmap', name, '--field-manager=rival', '-p', patch]);
        changes++;
      }
    }
  })();
  return async () => {
    isOn = false;
    await loop;
    return changes;
  };
}

test('who changes a field back at every correction is named with it, and the fight ends after a few writes', async () => {
  await world.tenant('one', { resources: [config('prize', { a: 'ours', b: 'ours' })] });
  await world.says('one', 'Ready', 'Settled');
  const before = await world.writes('configmaps');
  const end = fight('prize', 'theirs');
  assert.match(
    await world.says('one', 'Stalled', 'FieldContested'),
    /^rival keeps changing data\.a of ConfigMap\/default\/prize back\. It is corrected once an hour/,
  );
  // Another change leads to a pass while the fight stands, and to a pass over another object after it.
  await world.succeed(['annotate', 'configmap/prize', 'example.org/note=1']);
  await world.tenant('fence', { resources: [config('fence', {})] });
  await world.says('fence', 'Ready', 'Settled');
  const theirs = await end();
  const others = theirs + 1 + 1;
  assert.equal((await world.writes('configmaps')) - before - others, 5, `beside ${theirs} of the rival`);
  assert.equal(await world.field('configmap/prize', '.data'), '{"a":"theirs","b":"ours"}');
  const events = ['get', 'events', '--field-selector=involvedObject.name=one', '-o', 'jsonpath={.items[*].reason}'];
  await world.becomes('the events', () => world.succeed(events), /FieldContested/);
});

test('a field that is not rendered is nobody\u2019s fight', async () => {
  await world.tenant('two', { resources: [config('quiet', { b: 'ours' })] });
  await world.says('two', 'Ready', 'Settled');
  const before = await world.writes('configmaps');
  for (const value of ['1', '2', '3', '4', '5', '6', '7'])
    await world.succeed(['patch', 'configmap', 'quiet', '--field-manager=scaler', '-p', `{"data":{"a":"${value}"}}`]);
  await world.tenant('two', { resources: [config('quiet', { b: 'changed' })] });
  await world.becomes('its data', () => world.field('configmap/quiet', '.data'), '{"a":"7","b":"changed"}');
  assert.equal((await world.writes('configmaps')) - before, 7 + 1);
});
