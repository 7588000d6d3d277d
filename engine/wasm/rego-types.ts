/** Rego texts by file name. */
export type RegoModules = Readonly<Record<string, string>>;

/** OPA's capabilities document: which built-ins and features a module may use. */
export type RegoCapabilities = Readonly<Record<string, unknown>>;

/** A fault of Rego code; row and column count from 1 and are absent where OPA gives no place. */
export interface RegoDiagnostic {
  readonly code: string;
  readonly message: string;
  readonly file?: string;
  readonly row?: number;
  readonly column?: number;
  readonly details?: readonly string[];
}

/** A rule of a package; `set` is what `contains` makes. */
interface RegoRule {
  readonly name: string;
  readonly kind: 'complete' | 'function' | 'set' | 'object';
  readonly file: string;
  readonly row: number;
}

/** What a package defines and what it reads. */
export interface RegoPackage {
  /** Path below `data`, joined by dots. */
  readonly name: string;
  readonly files: readonly string[];
  /** It compiled, and so did every package that it uses: only such packages may be compiled and judged with. */
  readonly sound: boolean;
  /** Empty for a package of which no file parses. */
  readonly rules: readonly RegoRule[];
  /** Other packages that it refers to, directly or through others. */
  readonly uses: readonly string[];
  /** Top-level fields of `input` that it refers to, directly or through others; `*` stands for all. */
  readonly inputs: readonly string[];
  /** References below `data` that are no known package. */
  readonly data: readonly string[];
}

/** A `# METADATA` block and where it stands. */
interface RegoAnnotation {
  /** Path below `data` of the package or rule that it describes, joined by dots. */
  readonly name: string;
  readonly file: string;
  readonly row: number;
  readonly annotations: {
    readonly scope: string;
    readonly title?: string;
    readonly description?: string;
    readonly custom?: Readonly<Record<string, unknown>>;
    readonly [field: string]: unknown;
  };
}

/** All faults of all modules, and what is known of every package whose name could be read. */
export interface RegoCheck {
  readonly diagnostics: readonly RegoDiagnostic[];
  readonly packages: readonly RegoPackage[];
  /** Of sound packages only. */
  readonly annotations: readonly RegoAnnotation[];
}

/** A compiled set of policies, or why there is none. */
export type RegoBuild =
  | { readonly diagnostics: readonly []; readonly wasm: Uint8Array; readonly entrypoints: readonly string[] }
  | { readonly diagnostics: readonly RegoDiagnostic[]; readonly wasm?: never };

/** One run of one `test_` rule. */
export interface RegoTestResult {
  readonly package: string;
  readonly name: string;
  readonly outcome: 'pass' | 'fail' | 'error' | 'skip';
  readonly error?: string;
  /** What the test printed. */
  readonly output?: string;
  readonly file: string;
  readonly row: number;
  readonly milliseconds: number;
}

/** Line coverage; line numbers are sorted. */
export interface RegoCoverage {
  readonly percent: number;
  readonly files: Readonly<
    Record<
      string,
      { readonly covered: readonly number[]; readonly notCovered: readonly number[]; readonly percent: number }
    >
  >;
}

/** Results of all tests; diagnostics when the modules do not compile. */
export interface RegoTestRun {
  readonly diagnostics: readonly RegoDiagnostic[];
  readonly tests: readonly RegoTestResult[];
  readonly coverage?: RegoCoverage;
}

/** What to evaluate with the interpreter. */
export interface RegoEvaluation {
  readonly modules: RegoModules;
  readonly queries: readonly string[];
  readonly data?: Readonly<Record<string, unknown>>;
  /** Absent: input is undefined. */
  readonly input?: unknown;
  readonly capabilities?: RegoCapabilities;
  /** How often each query runs, for measuring; 1 when absent. */
  readonly repeat?: number;
  /** RFC 3339 time that time.now_ns gives; the wall clock when absent. */
  readonly now?: string;
  /** A built-in's error ends the query instead of leaving an expression undefined. */
  readonly strictBuiltinErrors?: boolean;
}

/** The answer to one query: the value of its first expression. */
export interface RegoAnswer {
  readonly query: string;
  readonly defined: boolean;
  readonly value?: unknown;
  /** Errors of built-ins, also those that were passed over. */
  readonly errors?: readonly RegoDiagnostic[];
  /** Mean of all repetitions. */
  readonly milliseconds: number;
}
