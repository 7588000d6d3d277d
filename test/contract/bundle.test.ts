import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';

const FOLDER = 'dist/bin';

test('the command is whole: the image has it without any package beside it', () => {
  const foreign = readdirSync(FOLDER)
    .filter((name) => name.endsWith('.js'))
    .flatMap((name) =>
      [...readFileSync(join(FOLDER, name), 'utf8').matchAll(/^(?:import|export)\b[^"'`;]*["']([^"']+)["']/gm)]
        .map(([, module = '']) => module)
        .filter((module) => !module.startsWith('.') && !isBuiltin(module))
        .map((module) => `${name} needs ${module}`),
    );
  assert.deepEqual(foreign, []);
});
