import type { Fault } from '#errors/fault.js';
import { formatKey, keyOf } from '#model/object.js';
import { forbids } from '#model/verdict.js';
import type { Pass } from '#reconcile/engine.js';
import { EXIT } from './environment.js';

/** What became of one object: a pass over it, or the faults for which there was none. */
export interface ObjectResult {
  /** `Kind/namespace/name`, or the file where even that could not be read. */
  readonly object: string;
  readonly file: string | undefined;
  readonly pass: Pass | undefined;
  readonly faults: readonly Fault[];
  /** How much was written for it, by all passes together. */
  readonly writes?: number;
}

/** The result of a pass. */
export function passResult(pass: Pass): ObjectResult {
  return { object: formatKey(keyOf(pass.object)), file: undefined, pass, faults: pass.faults };
}

/** Whether a policy forbids what an object asks for, or what would be done for it. */
export function isDenied({ pass }: ObjectResult): boolean {
  return forbids(pass?.verdicts);
}

/** The exit code of a verb. Faults weigh more than denials. Waiting is neither. */
export function exitCodeOf(results: readonly ObjectResult[], catalogFaults: readonly Fault[]): number {
  const states = results.map(({ pass }) => pass?.outcome.state);
  const isFaulty = (result: ObjectResult): boolean =>
    result.faults.length > 0 || result.pass?.outcome.state === 'failed';
  if (catalogFaults.length > 0 || results.some(isFaulty)) return EXIT.fault;
  if (results.some(isDenied)) return EXIT.denied;
  return states.includes('stalled') ? EXIT.fault : EXIT.done;
}
