import { homedir } from 'node:os';
import { join } from 'node:path';
import { JsonnetTool } from '#wasm/jsonnet-tool.js';
import { artifactLoader } from '#wasm/load-artifact.js';
import { RegoTool } from '#wasm/rego-tool.js';

/** Wall time that one evaluation may take: a backstop, far above what any honest one needs. */
const EVALUATION_MILLISECONDS = 10_000;
const COMPILER_MILLISECONDS = 300_000;
const TEMPLATE_MEBIBYTES = 512;
const COMPILER_MEBIBYTES = 1024;

/** The tools that a rule set is compiled with. Each starts when it is first needed. */
export interface Tools {
  readonly rego: () => RegoTool;
  readonly jsonnet: () => JsonnetTool;
  /** Starts what evaluates templates ahead of its first use, once: nothing else takes as long to start. */
  readonly start: () => void;
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
  const regoArtifact = artifactLoader('rego', COMPILER_MEBIBYTES, options);
  const jsonnetArtifact = artifactLoader('jsonnet', TEMPLATE_MEBIBYTES, options);
  const opened: { close(): Promise<void> }[] = [];
  const keep = <Tool extends { close(): Promise<void> }>(tool: Tool): Tool => {
    opened.push(tool);
    return tool;
  };
  const newJsonnet = (): JsonnetTool => keep(new JsonnetTool(jsonnetArtifact, EVALUATION_MILLISECONDS));
  let rego: RegoTool | undefined;
  let started: JsonnetTool | undefined;
  let isStarted = false;
  return {
    rego: () => (rego ??= keep(new RegoTool(regoArtifact, COMPILER_MILLISECONDS))),
    jsonnet: () => {
      const tool = started ?? newJsonnet();
      started = undefined;
      return tool;
    },
    start: () => {
      if (isStarted) return;
      isStarted = true;
      started = newJsonnet();
      // What keeps it from starting is told by the first evaluation, if there is any.
      started.start().catch(() => undefined);
    },
    cache,
    close: async () => {
      // What was started and never used need not be waited for: it dies with the process.
      const used = opened.filter((tool) => tool !== started);
      await Promise.all(used.map((tool) => tool.close()));
    },
  };
}
