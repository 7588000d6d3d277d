import { homedir } from 'node:os';
import { join } from 'node:path';
import { JsonnetTool } from '#wasm/jsonnet-tool.js';
import { artifactLoader } from '#wasm/load-artifact.js';
import { RegoTool } from '#wasm/rego-tool.js';
import type { Console } from './console.js';
import type { CliEnvironment } from './environment.js';

/** Wall time that one evaluation may take: a backstop, far above what any honest one needs. */
const EVALUATION_MILLISECONDS = 10_000;
const COMPILER_MILLISECONDS = 300_000;
const TEMPLATE_MEBIBYTES = 512;
const COMPILER_MEBIBYTES = 1024;

/** The tools that a rule set is compiled with. Each starts when it is first needed. */
export interface Tools {
  readonly rego: () => RegoTool;
  readonly jsonnet: () => JsonnetTool;
  readonly cache: string;
  readonly close: () => Promise<void>;
}

/** The compilers, with artifacts found as EDICT_WASM, the package and the cache have them. */
export function openTools({ variables }: CliEnvironment, console: Console): Tools {
  const cache = join(variables.XDG_CACHE_HOME || join(variables.HOME || homedir(), '.cache'), 'edict');
  const directory = variables.EDICT_WASM;
  const options = {
    ...(directory === undefined || directory === '' ? {} : { directory }),
    cache: join(cache, 'wasm'),
    onProgress: (message: string) => console.landmark(message),
    environment: variables,
  };
  const regoArtifact = artifactLoader('rego', COMPILER_MEBIBYTES, options);
  const jsonnetArtifact = artifactLoader('jsonnet', TEMPLATE_MEBIBYTES, options);
  const opened: { close(): Promise<void> }[] = [];
  const keep = <Tool extends { close(): Promise<void> }>(tool: Tool): Tool => {
    opened.push(tool);
    return tool;
  };
  let rego: RegoTool | undefined;
  return {
    rego: () => (rego ??= keep(new RegoTool(regoArtifact, COMPILER_MILLISECONDS))),
    jsonnet: () => keep(new JsonnetTool(jsonnetArtifact, EVALUATION_MILLISECONDS)),
    cache,
    close: async () => {
      await Promise.all(opened.map((tool) => tool.close()));
    },
  };
}
