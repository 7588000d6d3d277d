import type { Fault } from '#errors/fault.js';

/** One policy file: a path below `policies/` with its ending, and its text. */
export interface PolicySource {
  readonly path: string;
  readonly text: string;
}

/** One Rego package that can be asked. */
export interface PolicyPackage {
  /** Package path with slashes, such as `common/workload/change`: equal to the file's path without its ending. */
  readonly path: string;
  /** Path of the policy file. */
  readonly file: string;
  /** Which of `deny` and `warn` the package defines. */
  readonly rules: readonly ('deny' | 'warn')[];
  /** The top-level fields of `input` that it refers to, directly or through other packages; `*` for any. Sorted. */
  readonly inputs: readonly string[];
  /** From `# METADATA`, else empty. */
  readonly title: string;
  readonly description: string;
}

/** All policies of a catalog in one WebAssembly module, one entrypoint for each rule of each package. */
export interface CompiledPolicies {
  /** Undefined where there is no policy. Entrypoints are named `<package path>/deny` and `<package path>/warn`. */
  readonly module: Uint8Array | undefined;
  readonly packages: readonly PolicyPackage[];
}

/** What compiling came to. */
export interface PolicyCompilation {
  readonly policies: CompiledPolicies;
  /** Faults of the packages that were left out. */
  readonly faults: readonly Fault[];
}

/** Checks and compiles policies. A package with a fault is left out, and so is what refers to it; the rest is compiled. */
export interface PolicyCompiler {
  compile(sources: readonly PolicySource[]): Promise<PolicyCompilation>;
}
