import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mock, test } from 'node:test';
import { gathered } from '#cli/run/gathered.js';

test('lines of one moment are written together, in their order, and with a warning at once', () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  const written: string[] = [];
  const write = gathered((text) => written.push(text));
  write('a\n', 'info');
  write('b\n', 'debug');
  assert.deepEqual(written, []);
  mock.timers.tick(50);
  write('c\n', 'info');
  mock.timers.tick(50);
  assert.deepEqual(written, ['a\nb\n', 'c\n']);
  write('d\n', 'info');
  write('e\n', 'warn');
  assert.deepEqual(written.slice(2), ['d\ne\n']);
  mock.timers.reset();
});

test('what is left is written when the process ends, also by a fault', () => {
  const module = new URL(import.meta.resolve('#cli/run/gathered.js')).href;
  for (const end of ['', 'process.exit(0)', 'throw new Error("broken")']) {
    const program = `import { gathered } from ${JSON.stringify(module)}; const write = gathered((text) => process.stdout.write(text)); write('last words\\n', 'info'); ${end}`;
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '--eval', program], { encoding: 'utf8' });
    assert.equal(stdout, 'last words\n', end);
  }
});
