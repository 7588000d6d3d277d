/** When a policy is asked: about the custom resource, or about the whole change it leads to. */
export type PolicyStage = 'request' | 'change';

/** What a policy said. */
export interface Verdict {
  /** Package of the policy, as a path below `policies/`. */
  readonly policy: string;
  /**
   * `deny` forbids, `warn` does not. `unknown`: the package refers to an input that its stage lacks, or failed:
   * it forbids like `deny`, because a policy that was not asked is never a pass.
   */
  readonly level: 'deny' | 'warn' | 'unknown';
  /** Code that the policy gave, or empty. */
  readonly code: string;
  readonly message: string;
  /** Path in the judged document, or empty. */
  readonly path: string;
}

/** Those of `verdicts` that forbid. */
export function objections(verdicts: readonly Verdict[]): readonly Verdict[] {
  return verdicts.filter(({ level }) => level !== 'warn');
}

/** Whether any of `verdicts` forbids. */
export function forbids(verdicts: readonly Verdict[] = []): boolean {
  return objections(verdicts).length > 0;
}
