/**
 * Keeps the engine at work under conditions that no test file has the time for:
 * `npm run soak -- kill [--kills 50] [--deeds 500] [--seed 1]` and `npm run soak -- faults [--minutes 5] [--seed 1]`.
 * Ends with 1 where anything is not as it should be, and leaves the log of the engine in a file then.
 */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { argv, exit, stderr } from 'node:process';
import { parseArgs } from 'node:util';
import { FAULTS } from './fault-table.js';
import { faults } from './faults.js';
import { kill } from './kill.js';
import { type Account, formatAccount } from './report.js';
import { openSite, type Site } from './site.js';

const NUMBERS = { kills: 50, deeds: 500, minutes: 5, seed: 1 };
type Numbers = typeof NUMBERS;

const say = (text: string): void => void stderr.write(`${text}\n`);
const TRIALS: ReadonlyMap<string, (site: Site, numbers: Numbers) => Promise<Account>> = new Map([
  ['kill', (site, { kills, deeds, seed }) => kill(site, { kills, deeds, work: 6_000, seed, say })],
  [
    'faults',
    (site, { minutes, seed }) => faults(site, { seconds: minutes * 60, warmUp: 600, table: FAULTS, seed, say }),
  ],
]);

const { values, positionals } = parseArgs({
  args: argv.slice(2),
  allowPositionals: true,
  options: {
    kills: { type: 'string' },
    deeds: { type: 'string' },
    minutes: { type: 'string' },
    seed: { type: 'string' },
  },
});
const given = Object.entries(values).map(([name, value]) => [name, Number(value)] as const);
const trial = TRIALS.get(positionals[0] ?? '');
if (trial === undefined || positionals.length > 1 || given.some(([, value]) => !(value >= 0))) {
  say(`usage: soak ${[...TRIALS.keys()].join('|')} [--kills N] [--deeds N] [--minutes N] [--seed N]`);
  exit(2);
}
const numbers: Numbers = { ...NUMBERS, ...Object.fromEntries(given) };
const site = await openSite();
let account: Account;
try {
  account = await trial(site, numbers);
} finally {
  await site.close();
}
console.log(formatAccount(account));
if (account.violations.length > 0) {
  const file = join(mkdtempSync(join(tmpdir(), 'edict-soak-log-')), 'engine.log');
  writeFileSync(file, account.evidence);
  console.log(`seed ${numbers.seed}; the log of the engine: ${file}`);
}
exit(account.violations.length === 0 ? 0 : 1);
