import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import type { GoToolchain } from '#wasm/go-build.js';

/** What decides a build besides the sources: environment, arguments, packages with the names of their binaries. */
export const BUILD_INPUTS = {
  environment: { GOTOOLCHAIN: 'local', GOFLAGS: '-buildvcs=false', GOWORK: 'off', CGO_ENABLED: '0' },
  arguments: ['build', '-v', '-trimpath'],
  packages: { kubernetes: '.', kwok: 'sigs.k8s.io/kwok/cmd/kwok' },
  links: ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kubectl'],
} as const;

/** How to build; `environment` is that of the process. */
export interface BuildOptions {
  readonly sources: string;
  readonly go: GoToolchain;
  readonly environment: NodeJS.ProcessEnv;
  readonly onProgress: (message: string) => void;
}

const run = promisify(execFile);
const MILLISECONDS_BETWEEN_REPORTS = 20_000;
const KEPT_LINES = 40;

/**
 * Builds all programs in a temporary folder beside `folder`, which it then becomes: it appears whole or not at all. The
 * caller sees to it that nobody else builds the same.
 */
export async function buildPrograms(folder: string, options: BuildOptions): Promise<void> {
  const { sources, go, onProgress } = options;
  const environment = { ...options.environment, ...BUILD_INPUTS.environment };
  const above = dirname(folder);
  const prefix = `.building-${basename(folder)}-`;
  // What a killed build left.
  for (const name of await readdir(above)) {
    if (name.startsWith(prefix)) await rm(join(above, name), { recursive: true, force: true });
  }
  const version = await versionOf(sources);
  onProgress(`building Kubernetes ${version} with ${go.version}, once for this version: about 10 minutes on two cores, less where Go has built parts of it before`);
  const packages = await countPackages(sources, environment);
  const output = await mkdtemp(join(above, prefix));
  try {
    const report = reporter(packages, onProgress);
    const links = linkerFlags(version);
    for (const [name, path] of Object.entries(BUILD_INPUTS.packages)) {
      const words = [...BUILD_INPUTS.arguments, `-ldflags=${links}`, '-o', join(output, name), path];
      await goBuild(words, { cwd: sources, env: environment, onPackage: report.onPackage });
    }
    for (const name of BUILD_INPUTS.links) await symlink('kubernetes', join(output, name));
    await rename(output, folder);
    onProgress(`built Kubernetes ${version} in ${report.elapsed()}`);
  } finally {
    await rm(output, { recursive: true, force: true });
  }
}

/** The version of Kubernetes that the module asks for, such as v1.36.1. */
async function versionOf(sources: string): Promise<string> {
  const version = /^\s*k8s\.io\/kubernetes (v\S+)/m.exec(await readFile(join(sources, 'go.mod'), 'utf8'))?.[1];
  if (version === undefined) throw new Error(`${join(sources, 'go.mod')} does not require k8s.io/kubernetes`);
  return version;
}

/** The servers report the version that the linker is told. */
function linkerFlags(version: string): string {
  const [major, minor] = version.slice(1).split('.');
  const values = { gitVersion: version, gitMajor: major, gitMinor: minor, gitTreeState: 'clean' };
  const settings = Object.entries(values).map(([name, value]) => `-X k8s.io/component-base/version.${name}=${value}`);
  return ['-s', '-w', ...settings].join(' ');
}

/** Also fetches the modules that are missing. */
async function countPackages(cwd: string, env: NodeJS.ProcessEnv): Promise<number> {
  const words = ['list', '-deps', '-f', '{{.ImportPath}}', ...Object.values(BUILD_INPUTS.packages)];
  const { stdout } = await run('go', words, { cwd, env, maxBuffer: 16 * 1024 * 1024 });
  return stdout.trim().split('\n').length;
}

function reporter(packages: number, onProgress: (message: string) => void) {
  const start = performance.now();
  let [compiled, reported] = [0, start];
  const elapsed = (): string => {
    const seconds = Math.round((performance.now() - start) / 1000);
    return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
  };
  const onPackage = (): void => {
    compiled += 1;
    if (performance.now() - reported < MILLISECONDS_BETWEEN_REPORTS) return;
    reported = performance.now();
    onProgress(`  ${compiled} of ${packages} packages compiled after ${elapsed()}`);
  };
  return { onPackage, elapsed };
}

async function goBuild(
  words: readonly string[],
  { cwd, env, onPackage }: { cwd: string; env: NodeJS.ProcessEnv; onPackage: () => void },
): Promise<void> {
  const child = spawn('go', words, { cwd, env, stdio: ['ignore', 'inherit', 'pipe'] });
  const said: string[] = [];
  createInterface(child.stderr).on('line', (line) => {
    said.push(line);
    if (said.length > KEPT_LINES) said.shift();
    onPackage();
  });
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`go could not build ${words.at(-1)} in ${cwd}:\n${said.join('\n')}`);
}
