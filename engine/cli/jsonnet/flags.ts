import type { Input } from '#jsonnet/jsonnet.js';

/** What the command line asks of `edict jsonnet`, in the words of the jsonnet command. */
export interface Flags {
  /** A file, the program itself, or `-` for standard input; none for a session without one. */
  readonly words: readonly string[];
  /** Whether `words` are the program itself. */
  readonly exec: boolean;
  /** Library folders; the last is looked in first. */
  readonly libraries: readonly string[];
  readonly external: ReadonlyMap<string, Input>;
  readonly topLevel: ReadonlyMap<string, Input>;
  /** Results are texts, written as they are. */
  readonly isText: boolean;
  /** Folder of the files that the fields of the result are. */
  readonly multi: string | undefined;
  readonly createsFolders: boolean;
  /** The elements of the result are documents of a stream. */
  readonly stream: boolean;
  readonly output: string | undefined;
  readonly endsLine: boolean;
  readonly maxStack: number;
  /** Frames of an error that are shown; 0: all. */
  readonly maxTrace: number;
  readonly asksFor: 'help' | 'version' | undefined;
  readonly repl: boolean;
  readonly facts: string | undefined;
}

/** The command line makes no sense; the message says why. */
export class FlagError extends Error {
  override readonly name = 'FlagError';
}

type Draft = {
  -readonly [Key in keyof Flags]: Flags[Key] extends ReadonlyMap<string, Input> ? Map<string, Input> : Flags[Key];
};
type Variables = { readonly [name: string]: string | undefined };

/** What a flag does; one with a `value` takes the next word. */
type Flag =
  | { readonly set: (draft: Draft) => void }
  | { readonly value: (draft: Draft, word: string, variables: Variables) => void };

const SEE_HELP = 'see `edict jsonnet --help`';

const FLAGS: { readonly [name: string]: Flag } = {
  ...both('-h', '--help', { set: (draft) => (draft.asksFor ??= 'help') }),
  ...both('-v', '--version', { set: (draft) => (draft.asksFor ??= 'version') }),
  ...both('-e', '--exec', { set: (draft) => (draft.exec = true) }),
  ...both('-c', '--create-output-dirs', { set: (draft) => (draft.createsFolders = true) }),
  ...both('-y', '--yaml-stream', { set: (draft) => (draft.stream = true) }),
  ...both('-S', '--string', { set: (draft) => (draft.isText = true) }),
  ...both('-o', '--output-file', { value: (draft, word) => (draft.output = filled('-o', word)) }),
  ...both('-m', '--multi', { value: (draft, word) => (draft.multi = filled('-m', word)) }),
  ...both('-J', '--jpath', { value: (draft, word) => (draft.libraries = [...draft.libraries, filled('-J', word)]) }),
  ...both('-s', '--max-stack', { value: (draft, word) => (draft.maxStack = atLeast(1, '--max-stack', word)) }),
  ...both('-t', '--max-trace', { value: (draft, word) => (draft.maxTrace = atLeast(0, '--max-trace', word)) }),
  ...both('-V', '--ext-str', { value: (draft, word, from) => draft.external.set(...text(word, from)) }),
  ...both('-A', '--tla-str', { value: (draft, word, from) => draft.topLevel.set(...text(word, from)) }),
  '--ext-code': { value: (draft, word, from) => draft.external.set(...code('extvar', word, from)) },
  '--tla-code': { value: (draft, word, from) => draft.topLevel.set(...code('top-level-arg', word, from)) },
  '--ext-str-file': { value: (draft, word) => draft.external.set(...file('extvar', 'importstr', word)) },
  '--tla-str-file': { value: (draft, word) => draft.topLevel.set(...file('top-level-arg', 'importstr', word)) },
  '--ext-code-file': { value: (draft, word) => draft.external.set(...file('extvar', 'import', word)) },
  '--tla-code-file': { value: (draft, word) => draft.topLevel.set(...file('top-level-arg', 'import', word)) },
  '--no-trailing-newline': { set: (draft) => (draft.endsLine = false) },
  '--repl': { set: (draft) => (draft.repl = true) },
  '--facts': { value: (draft, word) => (draft.facts = filled('--facts', word)) },
};

/** Reads a command line as the jsonnet command does. Throws FlagError. */
export function parseFlags(given: readonly string[], variables: Variables): Flags {
  const draft: Draft = {
    words: [],
    exec: false,
    libraries: (variables.JSONNET_PATH ?? '').split(':').filter(Boolean).reverse(),
    external: new Map(),
    topLevel: new Map(),
    isText: false,
    multi: undefined,
    createsFolders: false,
    stream: false,
    output: undefined,
    endsLine: true,
    maxStack: 500,
    maxTrace: 20,
    asksFor: undefined,
    repl: false,
    facts: undefined,
  };
  const words = spread(given);
  for (let word = words.shift(); word !== undefined && draft.asksFor === undefined; word = words.shift()) {
    const flag = Object.hasOwn(FLAGS, word) ? FLAGS[word] : undefined;
    if (word === '--') draft.words = [...draft.words, ...words.splice(0)];
    else if (flag === undefined) draft.words = [...draft.words, notAFlag(word)];
    else if ('set' in flag) flag.set(draft);
    else flag.value(draft, next(word, words), variables);
  }
  if (draft.asksFor === undefined) refuseContradictions(draft);
  return draft;
}

function both(short: string, long: string, flag: Flag): { readonly [name: string]: Flag } {
  return { [short]: flag, [long]: flag };
}

/** `-abc` is `-a -b -c`, up to the first `--`. */
function spread(words: readonly string[]): string[] {
  const end = words.indexOf('--');
  const before = end < 0 ? words : words.slice(0, end);
  const letters = before.flatMap((word) =>
    /^-[^-]./s.test(word) ? [...word.slice(1)].map((letter) => `-${letter}`) : [word],
  );
  return end < 0 ? letters : [...letters, ...words.slice(end)];
}

function next(flag: string, words: string[]): string {
  const word = words.shift();
  if (word === undefined) throw new FlagError(`${flag} is followed by a value`);
  return word;
}

function notAFlag(word: string): string {
  if (word.length > 1 && word.startsWith('-')) throw new FlagError(`unrecognized argument: ${word}; ${SEE_HELP}`);
  return word;
}

function refuseContradictions({ words, exec, stream, endsLine, repl, facts }: Draft): void {
  const want = exec ? 'code' : 'filename';
  if (stream && !endsLine) throw new FlagError('cannot use --no-trailing-newline with --yaml-stream');
  if (facts !== undefined && !repl) throw new FlagError('--facts is for --repl');
  if (repl && words.length > 0) throw new FlagError('--repl takes no filename: load files with :load');
  if (!repl && words.length === 0) throw new FlagError(`must give ${want}; ${SEE_HELP}`);
  if (words.length > 1) throw new FlagError(`only one ${want} is allowed`);
}

function filled(flag: string, word: string): string {
  if (word === '') throw new FlagError(`${flag} argument was empty string`);
  return word;
}

function atLeast(least: number, flag: string, word: string): number {
  if (!/^[-+]?\d+$/.test(word)) throw new FlagError(`invalid integer "${word}"`);
  if (Number(word) < least) throw new FlagError(`invalid ${flag} value: ${Number(word)}`);
  return Number(word);
}

/** `name=value`, or `name` for the environment variable of that name. */
function pair(word: string, variables: Variables): readonly [string, string] {
  const at = word.indexOf('=');
  if (at >= 0) return [word.slice(0, at), word.slice(at + 1)];
  const value = variables[word];
  if (value === undefined) throw new FlagError(`environment variable ${word} was undefined`);
  return [word, value];
}

function text(word: string, variables: Variables): [string, Input] {
  const [name, data] = pair(word, variables);
  return [name, { data }];
}

function code(sort: string, word: string, variables: Variables): [string, Input] {
  const [name, program] = pair(word, variables);
  return [name, { code: program, name: `<${sort}:${name}>` }];
}

/** `name=file`: the file is found as an import is. */
function file(sort: string, form: string, word: string): [string, Input] {
  const at = word.indexOf('=');
  if (at < 0) throw new FlagError(`argument not in form <var>=<file> "${word}"`);
  const name = word.slice(0, at);
  return [name, { code: `${form} @'${word.slice(at + 1).replaceAll("'", "''")}'`, name: `<${sort}:${name}>` }];
}
