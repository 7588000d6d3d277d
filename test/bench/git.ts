import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { env } from 'node:process';
import { BareRepositories } from '#adapters/git/bare-repositories.js';
import { importStream } from '#adapters/git/fast-import.js';
import { requireGit } from '#adapters/git/git-process.js';
import { type Cell, type Finding, type Setting, withinBar } from './finding.js';
import { compare, type Measured } from './stopwatch.js';

const BAR = 2;
const ROUNDS = 15;
const address = { remote: 'gitea', name: 'platform/voltran', branch: 'main' };
const identity = { name: 'Edict', email: 'edict@edict.dev' };
const clock = { now: () => 1_700_000_000_000 };
const path = env.PATH ?? '';
const message = 'Apply 1,000 claims';

interface Scenario {
  readonly name: string;
  /** How many files the repository has before. */
  readonly existing: number;
  /** How many files the commit writes. */
  readonly written: number;
  /** Whether they are new, or take the place of others. */
  readonly adds: boolean;
}

const SCENARIOS: readonly Scenario[] = [
  { name: '1,000 files into an empty repository', existing: 0, written: 1000, adds: true },
  { name: '1,000 files beside 10,000', existing: 10_000, written: 1000, adds: true },
  { name: '100 of 10,000 files', existing: 10_000, written: 100, adds: false },
  { name: '1 of 10,000 files', existing: 10_000, written: 1, adds: false },
];

type Files = readonly { readonly path: string; readonly content: string }[];

/** One commit through the adapter beside `git fast-import` on the same stream, on copies of one repository. */
export async function git(setting: Setting): Promise<readonly Finding[]> {
  const rows: Cell[][] = [];
  for (const scenario of SCENARIOS) {
    setting.say(`git ${scenario.name}`);
    const { bare, running, fresh } = await measure(scenario, setting);
    const row = (label: string, { wall, cpu, wallRatio, cpuRatio }: Measured, bar: string) => [
      label,
      wall,
      cpu,
      wallRatio,
      cpuRatio,
      bar,
    ];
    rows.push(row(scenario.name, bare, ''));
    rows.push(row('  Edict, branch read before', running, withinBar(running.wallRatio, BAR)));
    rows.push(row('  Edict, first of a process', fresh, withinBar(fresh.wallRatio, BAR)));
  }
  const notes = [
    `first line of each: git fast-import alone, in the same process environment; ${ROUNDS} rounds in turns, each on a fresh copy`,
    '`branch read before`: as in a plan or a running engine; the first of a process also lists the tree (git ls-tree)',
    'Edict moves the branch by compare-and-swap (git update-ref), a second process that fast-import alone does not need',
  ];
  return [{ title: 'git: one commit', columns: ['', 'ms', 'CPU-ms', 'ratio', 'CPU ratio', 'bar'], rows, notes }];
}

async function measure(
  { name, existing, written, adds }: Scenario,
  { scratch }: Setting,
): Promise<{ readonly [who in 'bare' | 'running' | 'fresh']: Measured }> {
  const home = join(scratch, name.replaceAll(/\W+/g, '-'));
  const template = await repositoryWith(existing, join(home, 'template'));
  let copies = 0;
  const copy = (): string => {
    const root = join(home, `copy-${copies++}`);
    cpSync(template.root, root, { recursive: true });
    return root;
  };
  const files = (round: number): Files => filesOf(written, adds ? existing : 0, `round ${round}`);
  const committer = { ...identity, time: Math.floor(clock.now() / 1000) };
  // Everything that is not part of the commit is ready before the clock runs.
  const ready = (count: number): readonly string[] => Array.from({ length: count }, copy);
  const [forBare, forRunning, forFresh] = [ready(ROUNDS + 1), ready(ROUNDS + 1), ready(ROUNDS + 1)];
  const running = await Promise.all(
    forRunning.map(async (root) => {
      const repositories = open(root);
      const { commit } = await repositories.snapshot(address);
      return { repositories, commit };
    }),
  );
  const contenders = {
    bare: async (round: number) => {
      const folder = open(forBare[round + 1]!).folderOf(address);
      const input = importStream({
        parent: template.commit,
        committer,
        message,
        files: files(round).map((file) => ({ ...file, mode: '100644' })),
      });
      await requireGit({ path }, folder, { command: ['fast-import', '--quiet', '--date-format=raw'], input });
    },
    running: async (round: number) => {
      const { repositories, commit } = running[round + 1]!;
      await repositories.commit({ address, parent: commit, files: files(round), message });
    },
    fresh: async (round: number) => {
      const repositories = open(forFresh[round + 1]!);
      await repositories.commit({ address, parent: template.commit, files: files(round), message });
      repositories.close();
    },
  };
  const measured = await compare(contenders, { rounds: ROUNDS, operations: 1 });
  for (const { repositories } of running) repositories.close();
  return measured;
}

function open(root: string): BareRepositories {
  return new BareRepositories({
    root,
    remotes: [{ name: 'gitea', url: 'http://gitea.example' }],
    identity,
    clock,
    path,
  });
}

/** A bare repository below `root`, packed, with so many files. */
async function repositoryWith(
  existing: number,
  root: string,
): Promise<{ readonly root: string; readonly commit: string | undefined }> {
  const repositories = open(root);
  const folder = repositories.folderOf(address);
  mkdirSync(folder, { recursive: true });
  execFileSync('git', ['init', '--quiet', '--bare', '--initial-branch=main', folder]);
  const files = filesOf(existing, 0, 'before');
  const commit = existing === 0 ? undefined : await repositories.commit({ address, parent: undefined, files, message });
  repositories.close();
  return { root, commit };
}

/** Files of about the size of a values file, ten to a folder. */
function filesOf(count: number, from: number, mark: string): Files {
  return Array.from({ length: count }, (_, at) => {
    const index = from + at;
    const lines = Array.from({ length: 40 }, (__, line) => `setting${line}: value ${line} of ${index}, ${mark}`);
    return {
      path: `environments/prod/prod/applications/team-${Math.floor(index / 10)}/values-${index % 10}.yaml`,
      content: `${lines.join('\n')}\n`,
    };
  });
}
