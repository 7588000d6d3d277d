import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { after, test } from 'node:test';
import { checkLayers } from '../../tools/check-layers.js';
import { type LayerRule, MEANINGS } from '../../tools/layers.js';

const root = mkdtempSync(join(tmpdir(), 'edict-layers-'));
after(() => rmSync(root, { recursive: true }));

type Files = Readonly<Record<string, string>>;

function tree(name: string, files: Files): string {
  const folder = join(root, name);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

const crd = 'spec: {names: {kind: Widget, singular: widget, plural: widgets}}\n---\nspec: {names: {kind: Catalog}}\n';

/** For every rule: trees that break it, each in one place, `engine/` left out of the paths. */
const breaches: Readonly<Record<LayerRule, readonly Files[]>> = {
  'unknown-folder': [{ 'engine/gadgets/a.ts': '' }, { 'engine/adapter/opa/a.ts': '' }, { 'engine/loose.ts': '' }],
  'forbidden-folder': [{ 'engine/plan/utils/a.ts': '' }, { 'engine/adapters/opa/helpers/a.ts': '' }],
  'upward-import': [
    { 'engine/model/a.ts': "import { plan } from '#plan/plan.js';" },
    { 'engine/plan/a.ts': "import type { Folder } from '#adapters/folder/a.js';" },
    { 'engine/errors/a.ts': "export type { Json } from '#model/json.js';" },
    { 'engine/wasm/a.ts': "import { EdictError } from '#errors/edict-error.js';" },
    { 'engine/cli/a.ts': "export const load = () => import('#main.js');" },
    { 'engine/catalog/a.ts': "export type Plan = import('#plan/plan.js').Plan;" },
  ],
  'sibling-import': [
    { 'engine/plan/a.ts': "import { render } from '#render/render.js';" },
    { 'engine/adapters/opa/a.ts': "export { read } from '#adapters/git/read.js';" },
    { 'engine/wasm/a.ts': "import { parse } from '#jsonnet/parse.js';" },
  ],
  'leaves-engine': [{ 'engine/plan/a.ts': "import { run } from '../../test/run.js';" }],
  'hidden-crossing': [
    { 'engine/plan/a.ts': "import { Json } from '../model/json.js';" },
    { 'engine/plan/a.ts': "import { diff } from '#plan/diff.js';" },
    { 'engine/adapters/opa/a.ts': "import { read } from '../git/read.js';" },
  ],
  'library-without-port': [
    { 'engine/render/a.ts': "import { evaluate } from '#jsonnet/evaluate.js';" },
    { 'engine/catalog/a.ts': "import type { Rego } from '#wasm/rego/rego.js';" },
  ],
  'fenced-module': [
    { 'engine/plan/a.ts': "export { readFileSync, writeFileSync } from 'node:fs';" },
    { 'engine/policy/a.ts': "import { loadPolicy } from '@open-policy-agent/opa-wasm';" },
    { 'engine/publish/a.ts': "import { simpleGit } from 'simple-git';" },
    { 'engine/observe/a.ts': "import type { V1Pod } from '@kubernetes/client-node';" },
    { 'engine/controller/a.ts': "import { Worker } from 'node:worker_threads';" },
    { 'engine/adapters/opa/a.ts': "import { env } from 'node:process';" },
    { 'engine/reconcile/a.ts': "import { Command } from 'commander';" },
    { 'engine/wasm/a.ts': "import { load } from 'js-yaml';" },
  ],
  'named-kind': [
    { 'crds/shop/widget.yaml': crd, 'engine/plan/a.ts': '// a WIDGET is special' },
    { 'crds/shop/widget.yaml': crd, 'engine/schema/rule.schema.json': '{"examples": ["widgets"]}' },
    { 'crds/shop/widget.yaml': crd, 'engine/wasm/rego/main.go': 'package main // Widget' },
  ],
};

for (const [rule, trees] of Object.entries(breaches)) {
  test(`the layer check reports ${rule}`, () => {
    const found = trees.map((files, index) => checkLayers(tree(`${rule}-${index}`, files)).map((each) => each.rule));
    assert.deepEqual(
      found,
      trees.map(() => [rule]),
    );
  });
}

test('the layer check accepts what the layers allow', () => {
  const folder = tree('allowed', {
    'crds/shop/widget.yaml': crd,
    'engine/README.md': 'Widget is named here as an example.',
    'engine/main.ts': "import { run } from '#cli/run.js';",
    'engine/catalog/catalog.ts': "import { load } from 'js-yaml'; import { a } from './schema/a.js'; // the Catalog",
    'engine/catalog/schema/a.ts':
      "import type { Catalog } from '../catalog.js'; import { createHash } from 'node:crypto';",
    'engine/plan/plan.ts':
      "import type { Json } from '#model/json.js'; import type { Entry } from '#catalog/catalog.js';",
    'engine/adapters/opa/opa.ts': "import { read } from 'node:fs'; import { compile } from '#wasm/rego/rego.js';",
    'engine/wasm/rego/rego.ts': "import { Worker } from 'node:worker_threads'; import { run } from '../run.js';",
  });
  assert.deepEqual(checkLayers(folder), []);
});

test('a violation names the file and the line', () => {
  const folder = tree('place', { 'engine/model/deep/a.ts': "const one = 1;\n\nexport * from '#plan/a.js';\n" });
  const [found] = checkLayers(folder);
  assert.deepEqual([found?.file, found?.line, found?.rule], ['engine/model/deep/a.ts', 3, 'upward-import']);
});

test('the engine keeps to its layers', () => {
  assert.deepEqual(checkLayers('.'), []);
});

test('every layer rule says what its violation means', () => {
  assert.deepEqual(Object.keys(MEANINGS).sort(), Object.keys(breaches).sort());
});

/** Sources that break the linter's rules on which the shape of the code rests, by the rule. */
const lintBreaches: Files = {
  'style/noExcessiveLinesPerFile': `export const a = 1;\n${'\n'.repeat(300)}export const b = 1;\n`,
  'complexity/noExcessiveLinesPerFunction': `export function f(): void {\n${'  f();\n'.repeat(76)}}\n`,
  'complexity/useMaxParams': 'export const f = (a: 1, b: 1, c: 1, d: 1, e: 1): number => a + b + c + d + e;\n',
  'correctness/noUnusedVariables': 'const unused = 1;\nexport const used = 2;\n',
  'correctness/noProcessGlobal': 'export const home = process.env;\n',
  'nursery/noFloatingPromises': 'export async function f(): Promise<void> {\n  f();\n}\n',
  'style/noDefaultExport': 'export default 1;\n',
  'style/noEnum': 'export enum Colour {\n  Red = 1,\n}\n',
  'style/noNamespace': 'export namespace Colour {\n  export const red = 1;\n}\n',
  'style/noParameterProperties': 'export class A {\n  constructor(readonly b: number) {}\n}\n',
  'style/useImportType': "import { A } from './other.js';\nexport const a: A = 1;\n",
  'style/useNodejsImportProtocol': "import { join } from 'path';\nexport const a = join('b');\n",
  'suspicious/noEmptyBlockStatements': 'export function f(): void {}\n',
  'suspicious/noExplicitAny': 'export const a = (b: any): string => String(b);\n',
  'suspicious/noImportCycles': "import type { A } from './other.js';\nexport type B = A;\n",
};

test('the linter refuses what the style forbids', () => {
  const sources = Object.entries(lintBreaches).map(([rule, text]) => [
    `${rule.replace(/.*\//, '').toLowerCase()}.ts`,
    text,
  ]);
  const folder = tree('lint', {
    ...Object.fromEntries(sources.map(([name, text]) => [`engine/plan/${name}`, text])),
    'engine/plan/other.ts': "import type { B } from './noimportcycles.js';\nexport type A = B | 1;\n",
    'engine/plan/camelCase.ts': 'export const a = 1;\n',
    'engine/cli/clean.ts': "import { env } from 'node:process';\n\nexport const home = env;\n",
  });
  cpSync('biome.json', join(folder, 'biome.json'));
  const biome = resolve('node_modules/@biomejs/biome/bin/biome');
  const run = spawnSync(process.execPath, [biome, 'lint', '--reporter=github', '--max-diagnostics=none', '.'], {
    cwd: folder,
  });
  const found = [...`${run.stdout}`.matchAll(/title=lint\/([A-Za-z/]+),file=[^,]*\/(engine\/[^,]+)/g)].map(
    ([, rule, file]) => `${rule} ${file}`,
  );
  const expected = Object.keys(lintBreaches).map(
    (rule) => `${rule} engine/plan/${rule.replace(/.*\//, '').toLowerCase()}.ts`,
  );
  expected.push('style/useFilenamingConvention engine/plan/camelCase.ts');
  assert.deepEqual(
    expected.filter((line) => !found.includes(line)),
    [],
  );
  assert.deepEqual(
    found.filter((line) => line.includes('engine/cli/')),
    [],
  );
});

test('the search for dead code finds what nobody imports, what only tests import and what is not shipped', () => {
  const folder = tree('dead', {
    'package.json': JSON.stringify({
      name: 'dead',
      imports: { '#*': './dist/engine/*' },
      devDependencies: { gone: '1' },
    }),
    'tsconfig.json': '{"compilerOptions": {"rootDir": ".", "outDir": "dist", "module": "nodenext"}}',
    'node_modules/gone/package.json': '{"name": "gone", "version": "1.0.0"}',
    'engine/main.ts': "import { used } from '#plan/a.js';\nused();\n",
    'engine/plan/a.ts': "import 'gone';\nexport const used = (): number => 1;\nexport const dead = (): number => 2;\n",
    'engine/plan/b.ts': 'export const alone = 1;\n',
    'engine/plan/c.ts': 'export const tested = 1;\n',
    'test/c.test.ts': "import { tested } from '#plan/c.js';\ntested;\n",
  });
  cpSync('knip.json', join(folder, 'knip.json'));
  const knip = (...flags: string[]): string => {
    const script = resolve('node_modules/knip/bin/knip.js');
    const run = spawnSync(process.execPath, [script, '--reporter', 'compact', '--no-config-hints', ...flags], {
      cwd: folder,
    });
    return `${run.stdout}`;
  };
  const all = knip();
  assert.match(all, /engine\/plan\/a\.ts: dead/);
  assert.match(all, /engine\/plan\/b\.ts/);
  assert.doesNotMatch(all, /engine\/plan\/c\.ts/);
  const shipped = knip('--production', '--strict', '--include', 'files,dependencies,unlisted');
  assert.match(shipped, /engine\/plan\/c\.ts/);
  assert.match(shipped, /engine\/plan\/a\.ts: gone/);
});
