import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { generatedFiles } from '../../tools/generated.js';

for (const [path, text] of Object.entries(generatedFiles())) {
  test(`${path} is what npm run generate writes`, () => {
    assert.ok(existsSync(path), 'run npm run generate');
    assert.equal(readFileSync(path, 'utf8'), text);
  });
}
