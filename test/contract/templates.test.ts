import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, mock, test } from 'node:test';
import type { TemplateCall } from '#catalog/template-engine.js';
import { findCases } from '#cli/cases/case-folder.js';
import { caseContext } from '#cli/cases/case-suite.js';
import { type CaseContext, runCase } from '#cli/cases/run-case.js';
import type { LoadedCatalog } from '#cli/workspace.js';
import { EdictError } from '#errors/edict-error.js';
import { manifestOutput } from '#jsonnet/text/manifest-json.js';
import type { Json } from '#model/json.js';
import { JsonnetTool } from '#wasm/jsonnet-tool.js';
import { filesUnder } from '../../tools/files.js';
import { realArtifact } from '../engine/wasm/artifacts.js';
import { evaluateThere } from '../jsonnet/both.js';
import { openProject } from './project.js';

const reference = new JsonnetTool(realArtifact('jsonnet', 512), 60_000);
const files = Object.fromEntries(
  filesUnder('templates').map((path) => [`templates/${path}`, readFileSync(join('templates', path), 'utf8')]),
);
const judged = new Set<string>();
const called = new Set<string>();
let loaded: LoadedCatalog;
let context: CaseContext;

before(async () => {
  loaded = await openProject();
  context = caseContext(loaded, '.', { get: () => undefined, put: () => undefined });
  await reference.load(files);
});

after(async () => {
  await Promise.all([reference.close(), loaded.tools.close()]);
});

/** What go-jsonnet makes of a call; undefined where it fails. */
async function there({ template, function: name, arguments: values }: TemplateCall): Promise<string | undefined> {
  const code = `(import '${template}').${name}(${values.map((value) => JSON.stringify(value)).join(', ')})`;
  const outcome = await evaluateThere(reference, { code });
  return 'text' in outcome ? outcome.text : undefined;
}

/** What a call gave; undefined where it failed. */
async function here(result: Promise<Json> | undefined): Promise<string | undefined> {
  try {
    return `${manifestOutput((await result) as Json)}\n`;
  } catch (error) {
    if (error instanceof EdictError) return undefined;
    throw error;
  }
}

for (const folder of findCases('.', [])) {
  test(`${folder.name}: go-jsonnet renders the same bytes`, async () => {
    const spied = mock.method(loaded.templates, 'call');
    await runCase(folder, context);
    spied.mock.restore();
    for (const {
      arguments: [call],
      result,
    } of spied.mock.calls) {
      const key = JSON.stringify(call);
      called.add(`${call.template} ${call.function}`);
      if (judged.has(key)) continue;
      judged.add(key);
      assert.equal(await here(result), await there(call), key);
    }
  });
}

test('every template was called', () => {
  const functions = loaded.catalog.entries.flatMap(({ template }) =>
    template.functions.map((name) => `${template.path} ${name}`),
  );
  assert.deepEqual([...called].sort(), functions.sort());
});
