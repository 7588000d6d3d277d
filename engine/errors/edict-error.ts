import type { ErrorCode } from './codes.js';
import { type Fault, formatFault } from './fault.js';

/** An error that carries one or more faults. `code` is that of the first. */
export class EdictError extends Error {
  readonly faults: readonly Fault[];

  constructor(faults: Fault | readonly Fault[], options?: ErrorOptions) {
    const list: readonly Fault[] = 'code' in faults ? [faults] : faults;
    super(list.map(formatFault).join('\n'), options);
    this.name = 'EdictError';
    this.faults = list;
  }

  get code(): ErrorCode {
    return this.faults[0]?.code ?? 'InternalFault';
  }
}

/** The faults of any thrown value; what is not an `EdictError` is a defect of Edict itself. */
export function faultsOf(error: unknown): readonly Fault[] {
  if (error instanceof EdictError) return error.faults;
  const message = error instanceof Error ? error.message : String(error);
  return [
    {
      code: 'InternalFault',
      message,
      location: {},
      remedy: 'This is a defect of Edict: please report it with the command that led to it.',
    },
  ];
}
