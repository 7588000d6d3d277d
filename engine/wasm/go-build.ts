import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFile, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { WasmError } from './wasm-error.js';

const run = promisify(execFile);

/** Variables of a process, as in `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A Go toolchain: `version` such as go1.26.8, and the folder it is installed in. */
export interface GoToolchain {
  readonly version: string;
  readonly root: string;
}

/** One program to build: `<name>.wasm` and wasm_exec.js are written into the existing folder `output`. */
export interface GoBuild {
  readonly name: string;
  readonly sources: string;
  readonly output: string;
  readonly go: GoToolchain;
  readonly environment: Environment;
}

/** Go's support code for WebAssembly, which belongs to the version that built the artifact. */
export const WASM_EXEC = 'wasm_exec.js';

const BUILD_ENVIRONMENT = {
  GOTOOLCHAIN: 'local',
  GOFLAGS: '-buildvcs=false',
  GOWORK: 'off',
  CGO_ENABLED: '0',
  GOOS: 'js',
  GOARCH: 'wasm',
};
const BUILD_ARGUMENTS = ['build', '-trimpath', '-ldflags=-s -w'];
const OUTPUT_BYTES = 16 * 1024 * 1024;

/** The toolchain found in PATH, or undefined when there is none. */
export async function findGo(environment: Environment): Promise<GoToolchain | undefined> {
  try {
    const { stdout } = await run('go', ['env', 'GOVERSION', 'GOROOT'], {
      env: { ...environment, GOTOOLCHAIN: 'local' },
    });
    const [version, root] = stdout.trim().split('\n');
    return version && root ? { version, root } : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Builds a program; equal sources and toolchains give equal bytes.
 * @throws WasmError `ArtifactBuildFailed` with what Go said.
 */
export async function buildGo({ name, sources, output, go, environment }: GoBuild): Promise<void> {
  try {
    await run('go', [...BUILD_ARGUMENTS, '-o', join(output, `${name}.wasm`), '.'], {
      cwd: sources,
      env: { ...environment, ...BUILD_ENVIRONMENT },
      maxBuffer: OUTPUT_BYTES,
    });
  } catch (error) {
    throw refusal(`${name}.wasm in ${sources}`, error);
  }
  await copyFile(join(go.root, 'lib/wasm', WASM_EXEC), join(output, WASM_EXEC));
}

function refusal(what: string, cause: unknown): WasmError {
  const said = (cause as { stderr?: string }).stderr?.trim() || String(cause);
  return new WasmError('ArtifactBuildFailed', `go could not build ${what}:\n${said}`, { cause });
}

/**
 * Digest of all that decides an artifact but the version of Go: 16 hexadecimal digits.
 * @throws WasmError `ArtifactMissing` when the folder has no Go sources.
 */
export async function hashSources(sources: string): Promise<string> {
  const all = await readdir(sources).catch((): string[] => []);
  const names = all.filter((file) => /\.go$|^go\.(mod|sum)$/.test(file)).sort();
  if (names.length === 0) throw new WasmError('ArtifactMissing', `there are no Go sources in ${sources}`);
  const hash = createHash('sha256').update(JSON.stringify([BUILD_ENVIRONMENT, BUILD_ARGUMENTS]));
  const texts = await Promise.all(names.map((file) => readFile(join(sources, file))));
  for (const [index, text] of texts.entries()) hash.update(`\n${names[index]} ${text.length}\n`).update(text);
  return hash.digest('hex').slice(0, 16);
}
