import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { WASM_EXEC } from './go-build.js';
import { type ArtifactName, type LocateOptions, locateArtifact } from './locate-artifact.js';
import { withMemoryMaximum } from './memory-maximum.js';
import { WasmError } from './wasm-error.js';

/** A compiled artifact, its memory bounded: share one among all workers of a process. */
export interface LoadedArtifact {
  readonly module: WebAssembly.Module;
  readonly wasmExec: string;
  /** The bound of the memory. */
  readonly mebibytes: number;
}

/**
 * How many bytes of code a function runs before V8 optimises it. The default of Node 20, 1.8 million, optimises while
 * a Go program still starts: a third more CPU time to the first evaluation, with no gain later. Process-wide.
 */
const TIERING_BUDGET = 30_000_000;

/**
 * A function that locates and compiles an artifact when it is called, and gives the same one again for as long as anybody
 * has it: compiled, it takes several times the memory of its file.
 */
export function artifactLoader(
  name: ArtifactName,
  mebibytes: number,
  options: LocateOptions,
): () => Promise<LoadedArtifact> {
  let loading: Promise<LoadedArtifact> | undefined;
  let loaded: WeakRef<LoadedArtifact> | undefined;
  const load = async (): Promise<LoadedArtifact> => {
    try {
      const artifact = await loadArtifact(await locateArtifact(name, options), name, mebibytes);
      loaded = new WeakRef(artifact);
      return artifact;
    } finally {
      loading = undefined;
    }
  };
  return async () => {
    const known = loaded?.deref();
    if (known !== undefined) return known;
    loading ??= load();
    return loading;
  };
}

/** Reads and compiles the artifact `<name>.wasm` of a folder. Throws `ArtifactMissing` where it is no WebAssembly program. */
export async function loadArtifact(directory: string, name: ArtifactName, mebibytes: number): Promise<LoadedArtifact> {
  const [binary, wasmExec] = await Promise.all([
    readFile(join(directory, `${name}.wasm`)),
    readFile(join(directory, WASM_EXEC), 'utf8'),
  ]);
  setFlagsFromString(`--wasm-tiering-budget=${TIERING_BUDGET}`);
  try {
    return { module: await WebAssembly.compile(withMemoryMaximum(binary, mebibytes)), wasmExec, mebibytes };
  } catch (cause) {
    throw damaged(join(directory, `${name}.wasm`), cause);
  }
}

function damaged(file: string, cause: unknown): WasmError {
  return new WasmError('ArtifactMissing', `${file} is damaged: remove it, so that it is made anew`, { cause });
}
