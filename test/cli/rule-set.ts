import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { env, execPath } from 'node:process';
import { after } from 'node:test';
import { fileURLToPath } from 'node:url';

const repository = fileURLToPath(new URL('../../../', import.meta.url));
const main = join(repository, 'dist', 'engine', 'main.js');
const folders: string[] = [];
after(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** What a run of the CLI gave. */
export interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A result as `-o json` prints it. */
export interface Result {
  readonly object: string;
  readonly outcome: { readonly state: string; readonly reason?: string };
  readonly faults: readonly {
    readonly code: string;
    readonly message: string;
    readonly location: {
      readonly file?: string;
      readonly line?: number;
      readonly object?: string;
      readonly path?: string;
    };
    readonly fragment?: string;
    readonly remedy?: string;
  }[];
  readonly changes: readonly { readonly action: string; readonly path?: string }[];
}

/** A copy of the rule set of the notes in a folder of its own, to run the built CLI on. */
export class RuleSet {
  readonly folder = mkdtempSync(join(tmpdir(), 'edict-cli-'));

  constructor() {
    folders.push(this.folder);
    cpSync(join(repository, 'test', 'fixtures', 'notes'), this.folder, { recursive: true });
  }

  write(path: string, content: string | Uint8Array): void {
    mkdirSync(dirname(join(this.folder, path)), { recursive: true });
    writeFileSync(join(this.folder, path), content);
  }

  /** Replaces a piece of a file that it must have. */
  edit(path: string, before: string, after: string): void {
    const text = readFileSync(join(this.folder, path), 'utf8');
    if (!text.includes(before)) throw new Error(`${path} has no ${before}`);
    writeFileSync(
      join(this.folder, path),
      text.replace(before, () => after),
    );
  }

  remove(path: string): void {
    rmSync(join(this.folder, path), { recursive: true, force: true });
  }

  run(...words: readonly string[]): Run {
    const { status, stdout, stderr } = spawnSync(execPath, [main, '-q', ...words], {
      cwd: this.folder,
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
      env,
    });
    return { code: status, stdout, stderr };
  }

  /** Runs a verb with `-o json`, and gives its results by object, with its exit code. */
  results(...words: readonly string[]): {
    readonly code: number | null;
    readonly byObject: ReadonlyMap<string, Result>;
    readonly run: Run;
  } {
    const run = this.run('-o', 'json', ...words);
    if (run.stdout === '') throw new Error(run.stderr);
    const { objects } = JSON.parse(run.stdout) as { readonly objects: readonly Result[] };
    return { code: run.code, byObject: new Map(objects.map((result) => [result.object, result])), run };
  }

  start(...words: readonly string[]): ChildProcess {
    return spawn(execPath, [main, '-q', ...words], { cwd: this.folder, stdio: 'ignore', env });
  }

  git(...command: readonly string[]): string {
    const folder = this.#repository();
    return folder === undefined
      ? ''
      : execFileSync('git', ['--git-dir', folder, ...command], {
          encoding: 'utf8',
          stdio: ['ignore', 'pipe', 'pipe'],
        }).trim();
  }

  #repository(): string | undefined {
    const root = join(this.folder, '.edict', 'git');
    const names = existsSync(root) ? (readdirSync(root, { recursive: true }) as string[]) : [];
    const name = names.find((path) => path.endsWith('.git'));
    return name === undefined ? undefined : join(root, name);
  }

  /** Every file of the local cluster whose path contains `part`, with its text. */
  stored(part = ''): ReadonlyMap<string, string> {
    const root = join(this.folder, '.edict', 'cluster');
    const names = existsSync(root) ? (readdirSync(root, { recursive: true }) as string[]) : [];
    const paths = names.filter((path) => path.endsWith('.yaml') && path.includes(part)).sort();
    return new Map(paths.map((path) => [path, readFileSync(join(root, path), 'utf8')]));
  }
}

/** A note, which gives a ConfigMap and a file. */
export function note(name: string, text: string, more = ''): string {
  const metadata = `{name: ${name}, namespace: office}`;
  return `apiVersion: office.example.com/v1\nkind: Note\nmetadata: ${metadata}\nspec: {text: ${JSON.stringify(text)}${more}}\n`;
}
