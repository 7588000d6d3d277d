import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type OwnershipRecord, parseRecord } from '#model/records.js';
import { filesOf, type Owner } from './model.js';

const RECORD = /^\.edict\/[^/]+\/lab\.example\.org\/rig\/([^/]+)\/([^/]+)\.json$/;

/** The repository that Rigs write to, below the state folder of the engine. */
export class Repository {
  readonly #place: string;
  readonly #records = new Map<string, OwnershipRecord | undefined>();

  constructor(state: string) {
    this.#place = join(state, 'git');
  }

  get #folder(): string {
    const [host = ''] = existsSync(this.#place) ? readdirSync(this.#place) : [];
    return join(this.#place, host, 'lab', 'rigs.git');
  }

  /** How the branch differs from what these owners ask for: files, contents, and one record for each that has files. */
  differences(owners: Iterable<Owner>): readonly string[] {
    const tree = this.#tree('main');
    const wanted = new Map<string, string>();
    const holders = new Map<string, readonly string[]>();
    for (const owner of owners) {
      const files = filesOf(owner);
      for (const [path, content] of files) wanted.set(path, content);
      if (files.size > 0) holders.set(`${owner.namespace}/${owner.name}`, [...files.keys()].sort());
    }
    const records = this.#recordsIn(tree);
    return [
      ...differing('file', wanted, this.#contents(tree)),
      ...differing(
        'record',
        mapped(holders, String),
        mapped(records, ({ files }) => String(files)),
      ),
    ];
  }

  /** What is unsound: the objects, refs of others than the branch, and commits that hold half of something. */
  faults(): readonly string[] {
    if (!this.#hasBranch) return ['nothing was committed'];
    const refs = this.#git('for-each-ref', '--format=%(refname)');
    const commits = this.#git('rev-list', 'main').split('\n');
    const messages = [
      this.#git('fsck', '--strict', '--no-dangling'),
      refs === 'refs/heads/main' ? '' : `refs: ${refs}`,
    ];
    return [...messages.filter((message) => message !== ''), ...commits.flatMap((commit) => this.#halves(commit))];
  }

  get commits(): number {
    return this.#hasBranch ? Number(this.#git('rev-list', '--count', 'main')) : 0;
  }

  /** A commit holds a file exactly where it holds a record that lists it. */
  #halves(commit: string): readonly string[] {
    const tree = this.#tree(commit);
    const files = [...tree.keys()].filter((path) => path.startsWith('rigs/'));
    const listed = [...this.#recordsIn(tree).values()].flatMap((record) => record.files);
    return String(files.sort()) === String(listed.sort())
      ? []
      : [`commit ${commit} is not whole: ${files} against ${listed}`];
  }

  #recordsIn(tree: ReadonlyMap<string, string>): ReadonlyMap<string, OwnershipRecord> {
    const records = new Map<string, OwnershipRecord>();
    for (const [path, blob] of tree) {
      const [, namespace, name] = RECORD.exec(path) ?? [];
      const record = namespace === undefined ? undefined : this.#record(blob);
      if (record !== undefined) records.set(`${namespace}/${name}`, record);
    }
    return records;
  }

  #record(blob: string): OwnershipRecord | undefined {
    if (!this.#records.has(blob)) this.#records.set(blob, parseRecord(this.#git('cat-file', 'blob', blob)));
    return this.#records.get(blob);
  }

  #contents(tree: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
    const files = [...tree].filter(([path]) => path.startsWith('rigs/'));
    return new Map(files.map(([path, blob]) => [path, `${this.#git('cat-file', 'blob', blob)}\n`]));
  }

  /** Whether anything was committed yet. */
  get #hasBranch(): boolean {
    return existsSync(join(this.#folder, 'refs', 'heads', 'main'));
  }

  /** Path and blob of every file. */
  #tree(commit: string): ReadonlyMap<string, string> {
    if (!this.#hasBranch) return new Map();
    const lines = this.#git('ls-tree', '-r', '--full-tree', commit)
      .split('\n')
      .filter((line) => line !== '');
    return new Map(lines.map((line) => [line.slice(line.indexOf('\t') + 1), line.split(/\s/)[2] ?? '']));
  }

  #git(...words: readonly string[]): string {
    return execFileSync('git', ['--git-dir', this.#folder, ...words], { encoding: 'utf8', maxBuffer: 1 << 28 }).trim();
  }
}

/** How what there is differs from what should be, one line each. */
export function differing(
  what: string,
  wanted: ReadonlyMap<string, string>,
  found: ReadonlyMap<string, string>,
): readonly string[] {
  const missing = [...wanted].filter(([name, content]) => found.get(name) !== content);
  const surplus = [...found.keys()].filter((name) => !wanted.has(name));
  return [
    ...missing.map(([name, content]) => `${what} ${name} is ${found.get(name) ?? 'missing'} instead of ${content}`),
    ...surplus.map((name) => `${what} ${name} is there and should not be`),
  ];
}

function mapped<Value>(map: ReadonlyMap<string, Value>, show: (value: Value) => string): ReadonlyMap<string, string> {
  return new Map([...map].map(([name, value]) => [name, show(value)]));
}
