import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { filesUnder } from '../../tools/files.js';
import { GENERATED_FOLDERS, generatedFiles } from '../../tools/generated.js';

const generated = await generatedFiles('.');

for (const [path, text] of Object.entries(generated)) {
  test(`${path} is what npm run generate writes`, () => {
    assert.ok(existsSync(path), 'run npm run generate');
    assert.equal(readFileSync(path, 'utf8'), text);
  });
}

test('nothing that is generated outlives what it was made from', () => {
  const found = GENERATED_FOLDERS.flatMap((folder) => filesUnder(folder).map((path) => `${folder}/${path}`));
  assert.deepEqual(found.sort(), Object.keys(generated).sort());
});
