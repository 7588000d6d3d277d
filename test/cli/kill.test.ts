import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { note, RuleSet } from './rule-set.js';

const OBJECTS = 60;
const KILLS = 10;

/** Removes what differs between any two runs: times, identities and versions. */
function essence(text: string): string {
  return text
    .split('\n')
    .filter(
      (line) =>
        !/^(# edict| *(creationTimestamp|uid|edict.dev.applied|resourceVersion|time|lastTransitionTime|commit|fieldsV1):)/.test(
          line.replace(/^( *)- /, '$1  '),
        ),
    )
    .join('\n');
}

const essences = (set: RuleSet): readonly (readonly [string, string])[] =>
  [...set.stored()].map(([path, text]) => [path, essence(text)]);

test('apply may be killed at any moment: the next run completes it as if nothing had happened', async () => {
  const set = new RuleSet();
  for (let index = 0; index < OBJECTS; index++) {
    const name = `note-${String(index).padStart(2, '0')}`;
    set.write(`objects/${name}.yaml`, note(name, name));
  }
  const begun = Date.now();
  assert.equal(set.run('apply', 'objects').code, 0);
  const first = Date.now() - begun;
  const [tree, commits, stored] = [
    set.git('rev-parse', 'main^{tree}'),
    Number(set.git('rev-list', '--count', 'main')),
    essences(set),
  ];
  assert.equal(stored.length, 2 * OBJECTS + 1);

  set.remove('.edict/cluster');
  set.remove('.edict/git');
  const again = Date.now();
  assert.equal(set.run('apply', 'objects').code, 0);
  const whole = Math.min(first, Date.now() - again);

  for (let round = 0; round < KILLS; round++) {
    set.remove('.edict/cluster');
    set.remove('.edict/git');
    const child = set.start('apply', 'objects');
    const exit = once(child, 'exit');
    await sleep(Math.round((whole * (round + 0.5)) / KILLS));
    child.kill('SIGKILL');
    await exit;
    const report = `killed in round ${round}`;
    const { code, stdout, stderr } = set.run('apply', 'objects');
    assert.equal(code, 0, `${report}: ${stdout}${stderr}`);
    assert.equal(set.git('fsck', '--strict', '--no-dangling'), '', report);
    assert.equal(set.git('rev-parse', 'main^{tree}'), tree, report);
    const history = set.git('log', '--format=%B', 'main');
    const counts = new Map<string, number>();
    for (const [, object = ''] of history.matchAll(/^(Note\/\S+): [1-9]\d* written/gm))
      counts.set(object, (counts.get(object) ?? 0) + 1);
    assert.deepEqual(
      [counts.size, Math.max(...counts.values())],
      [OBJECTS, 1],
      `${report}: every change is in one commit`,
    );
    assert.ok(
      Number(set.git('rev-list', '--count', 'main')) <= commits + 1,
      `${report}: the killed run and its successor made no more commits than they had to`,
    );
    assert.equal(set.git('for-each-ref', '--format=%(refname)'), 'refs/heads/main', report);
    assert.deepEqual(essences(set), stored, report);
    if (round % 4 < 3) continue;
    const head = set.git('rev-parse', 'main');
    const before = set.stored();
    const second = set.results('apply', 'objects');
    assert.equal(second.code, 0);
    assert.ok(
      [...second.byObject.values()].every(({ changes }) => changes.every(({ action }) => action === 'none')),
      report,
    );
    assert.equal(set.git('rev-parse', 'main'), head, report);
    assert.deepEqual(set.stored(), before, report);
  }
});
