import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { loadAll } from 'js-yaml';
import { compileResourceSchema, type ResourceSchema } from '#catalog/schema/resource-schema.js';
import { faultsOf } from '#errors/edict-error.js';
import { formatFault } from '#errors/fault.js';
import { isJsonObject, type JsonObject } from '#model/json.js';

const given = process.env.EDICT_CRDS;
const folder = given ?? path.join(import.meta.dirname, '../../../../../test/fixtures/crds');
/** Files of the folder that a kube-apiserver refuses too, with what it says. There are none. */
const exceptions: Readonly<Record<string, string>> = {};

interface Definition {
  readonly file: string;
  readonly document: JsonObject;
}

function definitions(): readonly Definition[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.yaml'));
  return files.sort().flatMap((file) =>
    loadAll(readFileSync(path.join(folder, file), 'utf8'))
      .filter(
        (document): document is JsonObject => isJsonObject(document) && document.kind === 'CustomResourceDefinition',
      )
      .map((document) => ({ file, document })),
  );
}

test(`every CRD of ${given === undefined ? 'the stand-ins (EDICT_CRDS is not set)' : 'EDICT_CRDS'} compiles`, (context) => {
  const all = definitions();
  assert.ok(all.length >= (given === undefined ? 1 : 50), `only ${all.length} CRDs in ${folder}`);
  const started = performance.now();
  const refused: Record<string, string> = {};
  const compiled: ResourceSchema[] = [];
  for (const { file, document } of all) {
    try {
      compiled.push(compileResourceSchema(document, file));
    } catch (error) {
      refused[file] = faultsOf(error).map(formatFault).join('\n');
    }
  }
  context.diagnostic(`${all.length} CRDs compiled in ${Math.round(performance.now() - started)} ms`);
  assert.deepEqual(Object.keys(refused).sort(), Object.keys(exceptions).sort(), JSON.stringify(refused, undefined, 2));
  for (const { versions } of compiled) assert.equal(versions.filter(({ storage }) => storage).length, 1);
});

test('an object that is only a name is refused by name or admitted, in every version of every CRD', () => {
  for (const { file, document } of definitions()) {
    const { kind, versions } = compileResourceSchema(document, file);
    for (const { apiVersion, admit, schema } of versions) {
      const { faults, object } = admit({ apiVersion, kind, metadata: { name: 'one' }, unheardOf: 1 });
      const required = Array.isArray(schema.required) ? schema.required.filter((field) => field !== 'metadata') : [];
      if (required.length > 0) assert.ok(faults.length > 0, `${file} ${apiVersion}`);
      assert.ok(
        faults.every(({ code }) => code === 'ObjectInvalid'),
        `${file} ${apiVersion}`,
      );
      assert.equal(
        Object.hasOwn(object, 'unheardOf'),
        schema['x-kubernetes-preserve-unknown-fields'] === true,
        `${file} ${apiVersion}`,
      );
    }
  }
});
