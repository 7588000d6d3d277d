/**
 * Runs conformance suites of Jsonnet from where the tester has them:
 *
 *     JSONNET_TEST_SUITE=dir[:dir...] npm run test:jsonnet [-- part of a name]
 *
 * A suite is a folder with `name.jsonnet` and what it gives beside it: `name.jsonnet.golden`, `name.jsonnet.golden_regex`
 * or `name.golden`, or the folder `name.golden` for the output of many files. A golden that tells of an error is met by
 * an error at the same place; what the message says may differ. Goldens in a folder `cpp-tests-override` of any suite
 * stand in for those of the same name.
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { argv, env, exit, stderr, stdout } from 'node:process';
import { folderImporter } from '#adapters/jsonnet/folder-importer.js';
import type { Importer } from '#jsonnet/importer.js';
import { Jsonnet } from '#jsonnet/jsonnet.js';
import { type Frame, JsonnetError } from '#jsonnet/jsonnet-error.js';
import { manifestOutput } from '#jsonnet/text/manifest-json.js';
import type { Plain } from '#jsonnet/text/plain.js';
import { JsonnetTool } from '#wasm/jsonnet-tool.js';
import { filesUnder } from '../../tools/files.js';
import { realArtifact } from '../engine/wasm/artifacts.js';

const reference = new JsonnetTool(realArtifact('jsonnet', 512), 60_000);

/** Cases that cannot be met, each with the reason. */
const SKIPPED: { readonly [name: string]: string } = {
  'error.array_fractional_index.jsonnet': 'go-jsonnet, the reference, takes the integer part of an index',
  'error.integer_left_shift_runtime.jsonnet': 'go-jsonnet, the reference, gives the 64 bits that remain',
  'error.std_makeArray_negative.jsonnet': 'go-jsonnet, the reference, gives an empty array',
};

const EXTERNAL = {
  var1: { data: 'test' },
  var2: { code: '{x:1,y:2}', name: '<extvar:var2>' },
  stringVar: { data: '2 + 2' },
  codeVar: { code: '3 + 3', name: '<extvar:codeVar>' },
  errorVar: { code: "error 'xxx'", name: '<extvar:errorVar>' },
  staticErrorVar: { code: ')', name: '<extvar:staticErrorVar>' },
  UndeclaredX: { code: 'x', name: '<extvar:UndeclaredX>' },
  selfRecursiveVar: { code: '[42, std.extVar("selfRecursiveVar")[0] + 1]', name: '<extvar:selfRecursiveVar>' },
  mutuallyRecursiveVar1: {
    code: '[42, std.extVar("mutuallyRecursiveVar2")[0] + 1]',
    name: '<extvar:mutuallyRecursiveVar1>',
  },
  mutuallyRecursiveVar2: {
    code: '[42, std.extVar("mutuallyRecursiveVar1")[0] + 1]',
    name: '<extvar:mutuallyRecursiveVar2>',
  },
};
const NATIVES = {
  jsonToString: { parameters: ['x'], call: (value: Plain) => JSON.stringify(value) },
  nativeError: {
    parameters: [],
    call: (): Plain => {
      throw new Error('native function error');
    },
  },
  nativePanic: {
    parameters: [],
    call: (): Plain => {
      throw new Error('native function panic');
    },
  },
};

interface Outcome {
  readonly text: string;
  readonly frames: readonly Frame[] | undefined;
}

/** How the suite calls its files: go-jsonnet's by the folder and without their ending. */
function nameOf(folder: string, file: string): string {
  const isShort = existsSync(join(folder, file.replace(/\.jsonnet$/, '.golden')));
  return isShort ? join(basename(folder), file.replace(/\.jsonnet$/, '')) : file;
}

function importerOf(folder: string, file: string): Importer {
  const name = nameOf(folder, file);
  const bytes = (): Buffer => readFileSync(join(folder, file));
  const others = folderImporter(name === file ? folder : join(folder, '..'));
  return (from, path) =>
    from === '' && path === name ? { path: name, bytes, text: () => bytes().toString() } : others(from, path);
}

function run(folder: string, file: string): Outcome {
  const jsonnet = new Jsonnet(importerOf(folder, file));
  const isString = file.includes('_string_output');
  const end = file.includes('_no_newline') ? '' : '\n';
  const written = (value: Plain): string => (isString ? String(value) : manifestOutput(value)) + end;
  const traced: string[] = [];
  try {
    const value = jsonnet.evaluate(nameOf(folder, file), {
      external: EXTERNAL,
      natives: NATIVES,
      trace: (message, frame) => traced.push(`TRACE: ${frame?.file}:${frame?.line} ${message}\n`),
      ...(file.startsWith('tla.') ? { topLevel: { var1: EXTERNAL.var1, var2: EXTERNAL.var2 } } : {}),
    });
    const isMulti =
      existsSync(join(folder, file.replace(/\.jsonnet$/, '.golden'))) &&
      statSync(join(folder, file.replace(/\.jsonnet$/, '.golden'))).isDirectory();
    if (!isMulti) return { text: traced.join('') + written(value), frames: undefined };
    const files = Object.entries(value as { [name: string]: Plain }).sort();
    return { text: files.map(([name, content]) => `${name}\n${written(content)}`).join(''), frames: undefined };
  } catch (error) {
    if (!(error instanceof JsonnetError)) return { text: `crashed: ${(error as Error).stack}`, frames: [] };
    return { text: error.message, frames: error.frames };
  }
}

/** What is expected, or undefined where the suite says nothing but that it must go well. */
function expectedOf(folders: readonly string[], folder: string, file: string): string | undefined {
  for (const other of folders) {
    const override = join(other, 'cpp-tests-override', `${file}.golden`);
    if (existsSync(override)) return readFileSync(override, 'utf8');
  }
  const plain = join(folder, `${file}.golden`);
  if (existsSync(plain)) return readFileSync(plain, 'utf8');
  const short = join(folder, file.replace(/\.jsonnet$/, '.golden'));
  if (!existsSync(short)) return undefined;
  if (!statSync(short).isDirectory()) return readFileSync(short, 'utf8');
  return readdirSync(short)
    .sort()
    .map((name) => `${name}\n${readFileSync(join(short, name), 'utf8')}`)
    .join('');
}

/** The first place in a program that an error golden names. */
function placeIn(golden: string): { readonly line: number; readonly column: number } | undefined {
  for (const line of golden.split('\n')) {
    if (/^\t<?std|std\.jsonnet/.test(line)) continue;
    const [, lineNumber, column] = /:\(?(\d+):(\d+)/.exec(line) ?? [];
    if (lineNumber !== undefined) return { line: Number(lineNumber), column: Number(column) };
  }
  return undefined;
}

/** The place that go-jsonnet fails at: where it differs from the golden, which is of another implementation, it is right. */
async function referencePlace(folder: string, file: string): Promise<string | undefined> {
  const texts = filesUnder(folder).map((name): [string, string] => [name, readFileSync(join(folder, name), 'utf8')]);
  await reference.load(Object.fromEntries(texts));
  const extCode = { var1: '"test"', var2: '{x:1,y:2}' };
  const answer = await reference.evaluate({ file, extCode });
  if (!('error' in answer)) return undefined;
  const frame = answer.error.frames.find(({ file: at }) => at === file || at.endsWith('sonnet'));
  return frame === undefined ? 'anywhere' : `${frame.line}:${frame.column}`;
}

async function judge(folders: readonly string[], folder: string, file: string): Promise<string | undefined> {
  const { text, frames } = run(folder, file);
  const expected = expectedOf(folders, folder, file);
  const isError =
    expected === undefined
      ? file.startsWith('error.')
      : /^(RUNTIME|STATIC) ERROR|^[^\n{["]*:\(?\d+:\d+[-0-9:()]* /.test(expected);
  if (!isError) {
    if (frames !== undefined)
      return `fails: ${text} at ${frames.map(({ file: at, line, column }) => `${at}:${line}:${column}`).join(' ')}`;
    if (expected === undefined) return text === 'true\n' ? undefined : `gives ${text}`;
    return text.trimEnd() === expected.trimEnd() ? undefined : `gives\n${text}\nnot\n${expected}`;
  }
  if (frames === undefined) return `gives ${text.slice(0, 200)}, not the error\n${expected}`;
  const place = placeIn(expected ?? '');
  const [frame] = frames;
  if (place === undefined) return undefined;
  if (frame === undefined && (await referencePlace(folder, file)) === 'anywhere') return undefined;
  if (frame === undefined) return `fails nowhere (${text}), not at ${place.line}:${place.column}\n${expected}`;
  const at = frame.file === nameOf(folder, file) ? join(folder, file) : join(folder, frame.file);
  const source = existsSync(at) ? (readFileSync(at, 'utf8').split('\n')[frame.line - 1] ?? '') : '';
  const column = Buffer.byteLength(source.slice(0, frame.column - 1)) + 1;
  if (frame.line === place.line && column === place.column) return undefined;
  const referred = await referencePlace(folder, file);
  if (referred === 'anywhere' || referred === `${frame.line}:${column}`) return undefined;
  return `fails at ${frame.line}:${column} (${text}), not at ${place.line}:${place.column}\n${expected}`;
}

const folders = (env.JSONNET_TEST_SUITE ?? '').split(':').filter((folder) => folder !== '');
if (folders.length === 0) {
  stderr.write('JSONNET_TEST_SUITE names the folder of a conformance suite, or several with colons between\n');
  exit(2);
}
let passed = 0;
let failed = 0;
for (const folder of folders) {
  for (const name of readdirSync(folder)
    .filter((entry) => entry.endsWith('.jsonnet'))
    .sort()) {
    if (!name.includes(argv[2] ?? '')) continue;
    if (SKIPPED[name] !== undefined) {
      stdout.write(`skipped ${name}: ${SKIPPED[name]}\n`);
      continue;
    }
    const wrong = await judge(folders, folder, name);
    if (wrong === undefined) {
      passed += 1;
    } else {
      failed += 1;
      stdout.write(`✖ ${basename(folder)}/${name} ${wrong}\n`);
    }
  }
}
stdout.write(`${passed} passed, ${failed} failed, ${Object.keys(SKIPPED).length} skipped\n`);
await reference.close();
exit(failed === 0 ? 0 : 1);
