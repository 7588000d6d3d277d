import { fail } from '../../failure.js';

/** Ends the evaluation because a text is not YAML; lines count from 0 inside, from 1 for people. */
export function failYaml(problem: string, line?: number): never {
  return fail(`failed to parse YAML: ${line === undefined ? '' : `line ${line + 1}: `}${problem}`);
}
