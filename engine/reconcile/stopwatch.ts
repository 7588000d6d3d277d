/** The stages of a pass, in their order. */
export const STAGES = ['observe', 'judge', 'render', 'plan', 'publish', 'report'] as const;

/** A stage of a pass. */
export type StageName = (typeof STAGES)[number];

/** Measures the stages of one pass. */
export interface Stopwatch {
  /** Milliseconds of a clock that nobody sets. */
  now(): number;
  /** Is told what a stage took, as often as the pass comes to it. */
  add(stage: StageName, milliseconds: number): void;
}

/** Ports with which, where somebody wants to know, a stage is measured. */
export interface Measured {
  readonly stopwatch?: Stopwatch;
}

/** The same stage, measured: `work` takes its ports last. */
export function measured<Rest extends readonly unknown[], Ports, Result>(
  stage: StageName,
  work: (...given: [...Rest, Ports]) => Promise<Result>,
): (...given: [...Rest, Ports & Measured]) => Promise<Result> {
  return async (...given) => {
    const { stopwatch } = given.at(-1) as Measured;
    if (stopwatch === undefined) return work(...given);
    const begun = stopwatch.now();
    try {
      return await work(...given);
    } finally {
      stopwatch.add(stage, stopwatch.now() - begun);
    }
  };
}

/** The same for a stage that reads nothing, and so takes no ports. */
export function measuredPure<Input, Result>(
  stage: StageName,
  work: (input: Input) => Result,
): (input: Input, ports: Measured) => Result {
  return (input, { stopwatch }) => {
    if (stopwatch === undefined) return work(input);
    const begun = stopwatch.now();
    try {
      return work(input);
    } finally {
      stopwatch.add(stage, stopwatch.now() - begun);
    }
  };
}
