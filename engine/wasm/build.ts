import { createHash } from 'node:crypto';
import { copyFile, cp, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { buildGo, findGo, type GoToolchain, hashSources, WASM_EXEC } from './go-build.js';
import { type ArtifactName, PACKAGED_DIRECTORY, sourcesOf, stampOf } from './locate-artifact.js';
import { makeFolder } from './make-folder.js';

const NAMES: readonly ArtifactName[] = ['jsonnet', 'rego'];
const USAGE = `Usage: build.js [--check] [--out <folder>]
Builds the WebAssembly artifacts into dist/wasm, which npm packs.
  --out <folder>  write them there instead
  --check         build each again from a copy at another path, with an empty build cache, and compare`;

/** One artifact as it was built. */
interface Built {
  readonly file: string;
  readonly digest: string;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { check: { type: 'boolean' }, out: { type: 'string' }, help: { type: 'boolean' } },
  });
  if (values.help) return say(USAGE);
  const go = await findGo(process.env);
  if (go === undefined) throw new Error('there is no `go` in PATH: install Go 1.26 or later (https://go.dev/dl)');
  const out = values.out ?? PACKAGED_DIRECTORY;
  makeFolder(out);
  for (const name of NAMES) {
    const built = await build(name, sourcesOf(name), go);
    if (values.check) await compare(name, built, go);
    await publish(name, built, out);
    await rm(join(built.file, '..'), { recursive: true });
  }
}

async function build(name: ArtifactName, sources: string, go: GoToolchain, cache?: string): Promise<Built> {
  const output = await mkdtemp(join(tmpdir(), 'edict-wasm-'));
  const environment = cache === undefined ? process.env : { ...process.env, GOCACHE: cache };
  const start = performance.now();
  await buildGo({ name, sources, output, go, environment });
  const file = join(output, `${name}.wasm`);
  const { size } = await stat(file);
  const digest = createHash('sha256')
    .update(await readFile(file))
    .digest('hex');
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  say(`${name}.wasm  ${(size / 1e6).toFixed(1)} MB  ${seconds} s  sha256 ${digest}`);
  return { file, digest };
}

/** Fails when a second build differs from the first. */
async function compare(name: ArtifactName, first: Built, go: GoToolchain): Promise<void> {
  const elsewhere = await mkdtemp(join(tmpdir(), 'edict-wasm-check-'));
  try {
    await cp(sourcesOf(name), join(elsewhere, 'sources'), { recursive: true });
    const second = await build(name, join(elsewhere, 'sources'), go, join(elsewhere, 'cache'));
    await rm(join(second.file, '..'), { recursive: true });
    if (second.digest !== first.digest) throw new Error(`${name}.wasm is not reproducible: the two builds differ`);
  } finally {
    await rm(elsewhere, { recursive: true });
  }
}

async function publish(name: ArtifactName, built: Built, out: string): Promise<void> {
  await copyFile(built.file, join(out, `${name}.wasm`));
  await copyFile(join(built.file, '..', WASM_EXEC), join(out, WASM_EXEC));
  await writeFile(join(out, stampOf(name)), `${await hashSources(sourcesOf(name))}\n`);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
