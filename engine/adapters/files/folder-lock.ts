import {
  appendFileSync,
  closeSync,
  fstatSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { kill, pid } from 'node:process';
import { EdictError } from '#errors/edict-error.js';

/** Above this many bytes the claims of the past are dropped from the file. */
const COMPACT_ABOVE = 4096;

/**
 * A lock that only one process at a time can have, and that a killed process does not keep. The file is a list of
 * claims: a process appends its own, which is atomic, and has the lock if every claim before it is withdrawn or its
 * process dead. So two that find a dead holder at the same time cannot both win.
 */
export class FolderLock {
  readonly #file: string;
  readonly #claim: string;

  private constructor(file: string, claim: string) {
    this.#file = file;
    this.#claim = claim;
  }

  /** Takes the lock in `file`. Throws FolderLocked, naming the process that has it. */
  static acquire(file: string): FolderLock {
    const claim = `${pid} ${startOf(pid) ?? '0'} ${Date.now()}.${Math.random().toString(36).slice(2, 8)}`;
    for (;;) {
      const inode = append(file, `+ ${claim}\n`);
      const holder = holderBefore(claim, readFileSync(file, 'utf8'));
      // The file that was appended to may since have been compacted: then the claim went into the old one.
      if (statSync(file).ino !== inode) continue;
      if (holder !== undefined) {
        appendFileSync(file, `- ${claim}\n`);
        throw locked(file, holder);
      }
      if (statSync(file).size > COMPACT_ABOVE) {
        writeFileSync(`${file}.tmp`, `+ ${claim}\n`);
        renameSync(`${file}.tmp`, file);
      }
      return new FolderLock(file, claim);
    }
  }

  /** Gives the lock up. */
  release(): void {
    appendFileSync(this.#file, `- ${this.#claim}\n`);
  }
}

/** Appends a line and gives the inode of the file that got it. */
function append(file: string, line: string): number {
  const descriptor = openSync(file, 'a');
  try {
    appendFileSync(descriptor, line);
    return fstatSync(descriptor).ino;
  } finally {
    closeSync(descriptor);
  }
}

/** The first live claim before `claim`. */
function holderBefore(claim: string, text: string): string | undefined {
  const lines = text.split('\n');
  const withdrawn = new Set(lines.filter((line) => line.startsWith('- ')).map((line) => line.slice(2)));
  for (const line of lines) {
    const other = line.slice(2);
    if (other === claim) return undefined;
    if (line.startsWith('+ ') && !withdrawn.has(other) && isAlive(other)) return other;
  }
  return undefined;
}

/** Whether the process that made a claim still runs: its id, started when the claim says. */
function isAlive(claim: string): boolean {
  const [id, start] = claim.split(' ');
  try {
    kill(Number(id), 0);
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'EPERM') return false;
  }
  const now = startOf(Number(id));
  return now !== undefined && start === now;
}

/**
 * When a process started, as far as the system tells: process ids are used again, in containers at every start. Undefined
 * for one that is dead and only waits for its parent to notice, as many first processes of containers never do.
 */
function startOf(id: number): string | undefined {
  try {
    const status = readFileSync(`/proc/${id}/stat`, 'latin1');
    const fields = status.slice(status.lastIndexOf(')') + 2).split(' ');
    return ['Z', 'X'].includes(fields[0] ?? '') ? undefined : (fields[19] ?? '0');
  } catch {
    return '0';
  }
}

function locked(file: string, holder: string): EdictError {
  return new EdictError({
    code: 'FolderLocked',
    message: `Process ${holder.split(' ')[0]} is writing to this folder.`,
    location: { file },
    remedy: 'Wait until it has finished, or stop it.',
  });
}
