/**
 * Compares generated programs with go-jsonnet:
 *
 *     npm run test:jsonnet:generated [-- number of programs [first seed]]
 *
 * Both must give the same bytes, or both fail. Each difference is printed with the seed and the smallest program found
 * that shows it.
 */
import { argv, exit, stdout } from 'node:process';
import { JsonnetTool } from '#wasm/jsonnet-tool.js';
import { realArtifact } from '../engine/wasm/artifacts.js';
import { compareOutcomes, evaluateHere, evaluateThere, type Outcome } from './both.js';
import { generateProgram } from './generate.js';
import { minimise } from './minimise.js';

const count = Number(argv[2] ?? 10_000);
const first = Number(argv[3] ?? 1);
if (!Number.isSafeInteger(count) || !Number.isSafeInteger(first)) {
  stdout.write('differential [number of programs [first seed]]\n');
  exit(2);
}

const reference = new JsonnetTool(realArtifact('jsonnet', 512), 20_000);
await reference.load({});

const isDifferent = async (code: string): Promise<boolean> =>
  compareOutcomes(evaluateHere({ code }), await evaluateThere(reference, { code })) === 'different';

const shown = (outcome: Outcome): string => ('text' in outcome ? outcome.text : `fails: ${outcome.message}\n`);

const verdicts = { same: 0, different: 0, unknown: 0 };
let values = 0;
for (let seed = first; seed < first + count; seed += 1) {
  const code = generateProgram(seed);
  const here = evaluateHere({ code });
  const verdict = compareOutcomes(here, await evaluateThere(reference, { code }));
  verdicts[verdict] += 1;
  if ('text' in here) values += 1;
  if (verdict !== 'different') continue;
  const small = await minimise(code, isDifferent);
  stdout.write(`seed ${seed}:\n${small}\nhere ${shown(evaluateHere({ code: small }))}`);
  stdout.write(`there ${shown(await evaluateThere(reference, { code: small }))}\n`);
}
stdout.write(`${count} programs: ${verdicts.same} the same (${values} of all give a value), `);
stdout.write(`${verdicts.different} different, ${verdicts.unknown} that cannot be compared\n`);
await reference.close();
exit(verdicts.different === 0 ? 0 : 1);
