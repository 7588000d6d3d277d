import type { Fault } from '#errors/fault.js';
import { faultText } from '../console.js';
import type { Invocation } from '../invocation.js';
import { faultData, formatData, resultData } from '../output/data.js';
import { formatResult } from '../output/format-plan.js';
import type { ObjectResult } from '../results.js';

/** What a verb found out. */
export interface Findings {
  readonly results: readonly ObjectResult[];
  /** Faults of the rule set. */
  readonly faults: readonly Fault[];
  readonly summary: string;
  /** Whether objects are listed for which nothing is to be said. */
  readonly all: boolean;
}

/** Prints findings for people or for machines, as the user asked. */
export function printResults(invocation: Invocation, { results, faults, summary, all }: Findings): void {
  const { console, options } = invocation;
  if (options.output !== 'text') {
    console.print(formatData({ objects: results.map(resultData), faults: faultData(faults), summary }, options.output));
    return;
  }
  for (const result of results) {
    if (all || !isQuiet(result)) console.print(`${formatResult(result, console.style)}\n`);
  }
  printFaults(invocation, faults);
  console.print(summary);
}

function isQuiet({ pass, faults }: ObjectResult): boolean {
  const changes = pass?.changes?.changes ?? [];
  return (
    faults.length === 0 &&
    pass?.outcome.state === 'settled' &&
    (pass.verdicts ?? []).length === 0 &&
    changes.every(({ action }) => action === 'none')
  );
}

/** Prints the faults of the rule set, all of them. */
export function printFaults({ console }: Invocation, faults: readonly Fault[]): void {
  for (const fault of faults) console.note(`${console.style.red('fault')} ${faultText(fault)}\n`);
}
