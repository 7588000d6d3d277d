import { homedir } from 'node:os';
import { join } from 'node:path';
import { EdictError } from '#errors/edict-error.js';
import { JsonnetTool } from '#wasm/jsonnet-tool.js';
import { artifactLoader, type LoadedArtifact } from '#wasm/load-artifact.js';
import { RegoTool } from '#wasm/rego-tool.js';
import { WasmError } from '#wasm/wasm-error.js';

/** Wall time that one call may take: a backstop, far above what any honest one needs. */
const FORMATTER_MILLISECONDS = 10_000;
const COMPILER_MILLISECONDS = 300_000;
const FORMATTER_MEBIBYTES = 512;
const COMPILER_MEBIBYTES = 1024;

/** The tools that policies are compiled with, and all is formatted with. Each starts when it is first needed. */
export interface Tools {
  readonly rego: () => RegoTool;
  readonly jsonnet: () => JsonnetTool;
  readonly cache: string;
  readonly close: () => Promise<void>;
}

/** The compilers, with artifacts found as EDICT_WASM, the package and the cache have them. */
export function openTools(
  variables: { readonly [name: string]: string | undefined },
  onProgress: (message: string) => void,
): Tools {
  const cache = join(variables.XDG_CACHE_HOME || join(variables.HOME || homedir(), '.cache'), 'edict');
  const directory = variables.EDICT_WASM;
  const options = {
    ...(directory === undefined || directory === '' ? {} : { directory }),
    cache: join(cache, 'wasm'),
    onProgress,
    environment: variables,
  };
  const regoArtifact = coded(artifactLoader('rego', COMPILER_MEBIBYTES, options));
  const jsonnetArtifact = coded(artifactLoader('jsonnet', FORMATTER_MEBIBYTES, options));
  const opened: { close(): Promise<void> }[] = [];
  const keep = <Tool extends { close(): Promise<void> }>(tool: Tool): Tool => {
    opened.push(tool);
    return tool;
  };
  let rego: RegoTool | undefined;
  let jsonnet: JsonnetTool | undefined;
  return {
    rego: () => (rego ??= keep(new RegoTool(regoArtifact, COMPILER_MILLISECONDS))),
    jsonnet: () => (jsonnet ??= keep(new JsonnetTool(jsonnetArtifact, FORMATTER_MILLISECONDS))),
    cache,
    close: async () => void (await Promise.all(opened.map((tool) => tool.close()))),
  };
}

/** That an artifact is missing is for whoever installs to mend, whichever tool needs it. */
function coded(load: () => Promise<LoadedArtifact>): () => Promise<LoadedArtifact> {
  return async () => {
    try {
      return await load();
    } catch (error) {
      if (!(error instanceof WasmError)) throw error;
      throw new EdictError({ code: 'ArtifactUnavailable', message: error.message, location: {} }, { cause: error });
    }
  };
}
