/** The layers of engine/, lowest first. A folder imports only from layers below its own, never from its own. */
export const LAYERS: readonly (readonly string[])[] = [
  ['jsonnet', 'wasm'],
  ['errors'],
  ['model'],
  ['schema'],
  ['catalog'],
  ['observe', 'plan', 'policy', 'publish', 'render', 'report'],
  ['reconcile'],
  ['controller'],
  ['adapters'],
  ['cli'],
  ['main'],
];

/** What a violation of each rule means to who caused it. */
export const MEANINGS = {
  'unknown-folder':
    'A folder of engine/ must belong to a layer: add it to LAYERS in tools/layers.ts, or move the file.',
  'forbidden-folder':
    'A folder is named for what it holds; a drawer for anything grows for ever and belongs to no layer.',
  'upward-import': 'A layer imports only from below: declare a port here and let the upper layer implement it.',
  'sibling-import':
    'Siblings do not know each other: what both need belongs to a layer below, what joins them to one above.',
  'leaves-engine': 'The engine imports nothing from the folders beside it: it is all that is shipped.',
  'hidden-crossing': 'Crossing a folder must show: ./x.js inside a folder, #folder/x.js across folders.',
  'library-without-port':
    'engine/jsonnet and engine/wasm know nothing of Edict; stages reach them through a port that an adapter implements.',
  'fenced-module': 'Only the named folders use this module; others state what they need as a port.',
  'named-kind': 'The engine knows no kind: what is particular to one belongs to its rule files.',
} as const;

/** The name of a rule of the layer check. */
export type LayerRule = keyof typeof MEANINGS;

/** Who may import a module; the first fence whose pattern matches the specifier decides. */
export interface Fence {
  readonly modules: RegExp;
  /** Matched against the unit: a folder of engine/, or `adapters/<name>`. */
  readonly users: RegExp;
  readonly names: string;
  /** Single files that may, too, each with the reason. */
  readonly exceptions?: ReadonlyMap<string, string>;
}

const upperLayers = { users: /^(adapters|cli|main|wasm)\b/, names: 'adapters, cli, main and wasm' };

/** The fences. A module that no pattern but the last matches reaches the world, or may: adapters only. */
export const FENCES: readonly Fence[] = [
  {
    modules: /^node:(assert\/strict|buffer|crypto|path|path\/posix|string_decoder|url|util|util\/types|zlib)$/,
    users: /./,
    names: 'all folders',
  },
  {
    modules: /^node:process$/,
    users: /^(cli|main)$/,
    names: 'cli and main',
    exceptions: new Map([
      ['adapters/files/folder-lock.ts', 'a lock names the process that has it, and asks whether that one still lives'],
      ['wasm/build.ts', 'it is a command of its own'],
      ['wasm/locate-artifact.ts', 'Go runs in the environment of its caller'],
    ]),
  },
  { modules: /^node:vm$/, users: /^jsonnet$/, names: 'jsonnet, which runs the code that it makes' },
  { modules: /^node:/, ...upperLayers },
  {
    modules: /^(@marcbachmann\/cel-js|ajv|ajv-formats|js-yaml|json-merge-patch|re2js|semver)(\/|$)/,
    users: /^(?!wasm$)/,
    names: 'all folders but wasm',
  },
  { modules: /^commander$/, users: /^(cli|main)$/, names: 'cli and main' },
  { modules: /./, users: /^adapters\//, names: 'adapters' },
];

/** Folder names that say nothing. */
export const FORBIDDEN_FOLDERS: readonly string[] = ['common', 'helpers', 'lib', 'misc', 'shared', 'utils'];

/** Names of kinds that the engine uses as words of its own, each with the reason. */
export const OWN_WORDS: ReadonlyMap<string, string> = new Map([
  ['catalog', 'the compiled rule set, layer 2; a kind of the platform domain happens to be called so too'],
]);
