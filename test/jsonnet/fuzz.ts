/**
 * Tries programs for a time, generated ones and such that are no programs any more:
 *
 *     npm run fuzz:jsonnet -- --minutes 10 [--seed n]
 *
 * A program may give a value or fail with a JsonnetError, within its budget; and as with go-jsonnet, where that can run
 * it. What does not is printed with the seed and the smallest program found that shows it.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { argv, exit, stdout } from 'node:process';
import { parseArgs } from 'node:util';
import { JsonnetTool } from '#wasm/jsonnet-tool.js';
import { filesUnder } from '../../tools/files.js';
import { realArtifact } from '../engine/wasm/artifacts.js';
import { compareOutcomes, evaluateHere, evaluateThere, type Outcome } from './both.js';
import { CASE_FILES, readCases } from './cases.js';
import { generateProgram } from './generate.js';
import { minimise } from './minimise.js';
import { mutate } from './mutate.js';
import { Random } from './random.js';

const LIMITS = { steps: 1_000_000, text: 1_000_000, output: 4_000_000 };
const LONGEST = 5000;

const { values: options } = parseArgs({
  args: argv.slice(2),
  options: { minutes: { type: 'string', default: '10' }, seed: { type: 'string', default: '1' } },
});

const reference = new JsonnetTool(realArtifact('jsonnet', 512), LONGEST);
await reference.load(CASE_FILES);

const corpus = [
  ...[...readCases().values()].flat().map(({ code }) => code),
  ...filesUnder('templates').map((path) => readFileSync(join('templates', path), 'utf8')),
];

/** A program of the corpus, or a generated one, with something wrong in it more often than not. */
function programOf(seed: number): string {
  const random = new Random(seed);
  const program = random.chance(0.4) ? generateProgram(seed) : random.pick(corpus);
  const mutated = random.chance(0.15) ? program : mutate(program, random, corpus);
  // As it would be in a file: half of a surrogate pair is no character.
  return Buffer.from(mutated).toString();
}

/** What is wrong with a program, if something is. */
async function faultOf(code: string): Promise<string | undefined> {
  const started = performance.now();
  let here: Outcome;
  try {
    here = evaluateHere({ code, files: CASE_FILES, limits: LIMITS });
  } catch (error) {
    return `crashes: ${error instanceof Error ? error.stack : String(error)}`;
  }
  const took = performance.now() - started;
  if (took > LONGEST) return `takes ${Math.round(took)} ms`;
  const there = await evaluateThere(reference, { code });
  if (compareOutcomes(here, there) !== 'different') return undefined;
  return `here ${shown(here)}\nthere ${shown(there)}`;
}

const shown = (outcome: Outcome): string => ('text' in outcome ? outcome.text : `fails: ${outcome.message}`);

/** What kind of fault it is: a smaller program must show the same kind. */
const kindOf = (fault: string | undefined): string | undefined => /^\w+/.exec(fault ?? '')?.[0];

const until = performance.now() + Number(options.minutes) * 60_000;
let seed = Number(options.seed);
let tried = 0;
let found = 0;
for (; performance.now() < until; seed += 1) {
  const code = programOf(seed);
  const fault = await faultOf(code);
  tried += 1;
  if (fault === undefined) continue;
  found += 1;
  const small = await minimise(code, async (smaller) => kindOf(await faultOf(smaller)) === kindOf(fault));
  stdout.write(`seed ${seed}: ${JSON.stringify(small)}\n${(await faultOf(small)) ?? fault}\n\n`);
}
stdout.write(`${tried} programs from seed ${options.seed}, ${found} faults\n`);
await reference.close();
exit(found === 0 ? 0 : 1);
