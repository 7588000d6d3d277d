/** The process of a Keeper: `node keeper-process.js <folder>`, told on standard input which processes begin and end. */
import { rmSync } from 'node:fs';
import { argv, kill, stdin } from 'node:process';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

const LOOKS = 250;
const MILLISECONDS_BETWEEN_LOOKS = 20;

const folder = argv[2];
if (folder === undefined) throw new Error('usage: keeper-process.js <folder>');
const watched = new Set<number>();
for await (const line of createInterface(stdin)) {
  const [sign, pid] = line.split(' ');
  if (sign === '+') watched.add(Number(pid));
  else watched.delete(Number(pid));
}
// The last that was started depends on those before it.
for (const pid of [...watched].reverse()) signal(pid, 'SIGKILL');
for (let look = 0; look < LOOKS && [...watched].some((pid) => signal(pid, 0)); look++) {
  await sleep(MILLISECONDS_BETWEEN_LOOKS);
}
rmSync(folder, { recursive: true, force: true, maxRetries: 5 });

/** Whether there was such a process. */
function signal(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    return kill(pid, name);
  } catch {
    return false;
  }
}
