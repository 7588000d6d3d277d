import { access, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { buildGo, type Environment, findGo, type GoToolchain, hashSources, WASM_EXEC } from './go-build.js';
import { makeFolder } from './make-folder.js';
import { PACKAGE_ROOT } from './package-root.js';
import { WasmError } from './wasm-error.js';

/** Names of the Go programs of this folder. */
export type ArtifactName = 'rego' | 'jsonnet';

/** Where a published package carries its artifacts. */
export const PACKAGED_DIRECTORY = join(PACKAGE_ROOT, 'dist/wasm');

/** Folder of the Go sources of an artifact. */
export function sourcesOf(name: ArtifactName): string {
  return join(PACKAGE_ROOT, 'engine/wasm', name);
}

/** Stands beside a packaged artifact and holds the digest of the sources that it was built from. */
export function stampOf(name: ArtifactName): string {
  return `${name}.sources`;
}

/** Where artifacts that are built here are kept: outside the tree, for all checkouts of a user. */
export function artifactCache(environment: Environment): string {
  return join(environment.XDG_CACHE_HOME || join(homedir(), '.cache'), 'edict/wasm');
}

/** Where to look for artifacts and where to keep the ones that are built. */
export interface LocateOptions {
  /** A folder of ready artifacts; when given, only it is looked at. */
  readonly directory?: string;
  /** A folder outside the tree for artifacts that are built here. */
  readonly cache: string;
  /** Told before something slow begins. */
  readonly onProgress: (message: string) => void;
  /** The process's environment, to find and run Go in. */
  readonly environment: Environment;
  /** Folder of packaged artifacts; that of this package when absent. */
  readonly packaged?: string;
  /** Folder of the Go sources; that of this package when absent. */
  readonly sources?: string;
}

/**
 * The folder that holds `<name>.wasm` and wasm_exec.js: the given one, or the package's, or the cache, or the cache
 * after building from the Go sources. A build appears whole or not at all, so processes may build side by side.
 * @throws WasmError `ArtifactMissing` or `ArtifactBuildFailed`; the message says what to do.
 */
export async function locateArtifact(name: ArtifactName, options: LocateOptions): Promise<string> {
  const { directory, packaged = PACKAGED_DIRECTORY, sources = sourcesOf(name) } = options;
  if (directory !== undefined) {
    if (await holds(directory, name)) return directory;
    throw new WasmError(
      'ArtifactMissing',
      `the folder ${directory} lacks ${name}.wasm or ${WASM_EXEC}: name another with EDICT_WASM, or none`,
    );
  }
  const digest = await hashSources(sources);
  if ((await stamp(packaged, name)) === digest && (await holds(packaged, name))) return packaged;
  const family = join(options.cache, `${name}-${digest}`);
  const go = await findGo(options.environment);
  if (go === undefined) return anyVersion(family, name);
  const built = join(family, go.version);
  if (!(await holds(built, name))) {
    options.onProgress(`building ${name}.wasm with ${go.version}, once for this version of its sources`);
    await buildInto(built, { name, sources, go, environment: options.environment });
  }
  return built;
}

/** Builds in a temporary folder beside `directory`, then renames it. */
async function buildInto(
  directory: string,
  build: { name: ArtifactName; sources: string; go: GoToolchain; environment: Environment },
): Promise<void> {
  makeFolder(join(directory, '..'));
  const output = await mkdtemp(join(directory, '..', '.building-'));
  try {
    await buildGo({ ...build, output });
    await rename(output, directory);
  } catch (error) {
    // Another process was first: its artifact is equal to ours.
    if (!(await holds(directory, build.name))) throw error;
  } finally {
    await rm(output, { recursive: true, force: true });
  }
}

/** Without Go an artifact of the same sources serves, whichever Go built it. */
async function anyVersion(family: string, name: ArtifactName): Promise<string> {
  const versions = await readdir(family).catch((): string[] => []);
  for (const version of versions.filter((each) => !each.startsWith('.')).sort()) {
    if (await holds(join(family, version), name)) return join(family, version);
  }
  throw new WasmError(
    'ArtifactMissing',
    `${name}.wasm is not built yet and there is no Go to build it with: install Go 1.26 or later (https://go.dev/dl) ` +
      'so that `go` is in PATH, or set EDICT_WASM to a folder of ready artifacts',
  );
}

async function stamp(directory: string, name: ArtifactName): Promise<string | undefined> {
  return readFile(join(directory, stampOf(name)), 'utf8').then(
    (text) => text.trim(),
    () => undefined,
  );
}

async function holds(directory: string, name: ArtifactName): Promise<boolean> {
  const files = [join(directory, `${name}.wasm`), join(directory, WASM_EXEC)];
  return Promise.all(files.map((file) => access(file))).then(
    () => true,
    () => false,
  );
}
