import type { PolicyCompilation, PolicyCompiler, PolicyPackage, PolicySource } from '#catalog/policy-compiler.js';
import { EdictError } from '#errors/edict-error.js';
import type { Fault } from '#errors/fault.js';
import { compareText } from '#model/json.js';
import { hashSources } from '#wasm/go-build.js';
import { sourcesOf } from '#wasm/locate-artifact.js';
import type { RegoTool } from '#wasm/rego-tool.js';
import type { RegoCheck, RegoPackage } from '#wasm/rego-types.js';
import { WasmError } from '#wasm/wasm-error.js';
import { refusedBuiltins, supportedCapabilities } from './capabilities.js';
import { digestOf, PolicyCache } from './policy-cache.js';
import {
  faultOfDiagnostic,
  leftOutFault,
  packageMismatch,
  packagePath,
  ruleFaults,
  unaskedFaults,
  unknownDataFaults,
} from './policy-faults.js';
import { METER_VERSION, meterModule } from './wasm-metering.js';

/** What the compiler needs of OPA's tools. */
export type PolicyTool = Pick<RegoTool, 'check' | 'compile' | 'capabilities'>;

/** What compiling policies needs. */
export interface OpaPolicyCompilerOptions {
  /** Gives OPA's tools. Not called while the cache answers. */
  readonly tool: () => PolicyTool;
  /** What tells one build of those tools from another; the digest of their sources where absent. */
  readonly artifact?: string;
  /** A folder for compiled policies. */
  readonly cache: string;
}

type Texts = Readonly<Record<string, string>>;

const CACHE_VERSION = '2';
const RULES = ['deny', 'warn'] as const;

/** Compiles policies with OPA's own compiler, and remembers what came of it by content. */
export class OpaPolicyCompiler implements PolicyCompiler {
  readonly #options: OpaPolicyCompilerOptions;
  readonly #cache: PolicyCache;

  constructor(options: OpaPolicyCompilerOptions) {
    this.#options = options;
    this.#cache = new PolicyCache(options.cache);
  }

  async compile(sources: readonly PolicySource[]): Promise<PolicyCompilation> {
    const policies = sources.filter(({ path }) => path.endsWith('.rego') && !path.endsWith('_test.rego'));
    const sorted = [...policies].sort((left, right) => compareText(left.path, right.path));
    if (sorted.length === 0) return { policies: { module: undefined, packages: [] }, faults: [] };
    const key = digestOf([
      CACHE_VERSION,
      METER_VERSION,
      this.#options.artifact ?? (await hashSources(sourcesOf('rego'))),
      [...refusedBuiltins].sort(compareText).join(' '),
      ...sorted.flatMap(({ path, text }) => [path, text]),
    ]);
    const known = await this.#cache.read(key);
    if (known !== undefined) return known;
    const compilation = await this.#compile(sorted);
    await this.#cache.write(key, compilation);
    return compilation;
  }

  async #compile(sources: readonly PolicySource[]): Promise<PolicyCompilation> {
    const mismatches = sources.flatMap(({ path, text }) => packageMismatch(path, text) ?? []);
    const wrong = new Set(mismatches.map(({ location }) => location.file));
    const named = sources.filter(({ path }) => !wrong.has(fileName(path)));
    const texts: Texts = Object.fromEntries(named.map(({ path, text }) => [path, text]));
    const tool = this.#options.tool();
    try {
      const capabilities = supportedCapabilities(await tool.capabilities());
      const check = await tool.check(texts, capabilities);
      const { sound, faults } = soundPackages(check, texts);
      const packages = sound.flatMap((each) => policyPackage(each, check));
      const entrypoints = packages.flatMap(({ path, rules }) => rules.map((rule) => `${path}/${rule}`));
      const all = [...mismatches, ...faults];
      if (entrypoints.length === 0) return { policies: { module: undefined, packages: [] }, faults: all };
      const modules = Object.fromEntries(sound.flatMap(({ files }) => files.map((file) => [file, texts[file] ?? ''])));
      const build = await tool.compile({ modules, entrypoints, capabilities });
      if (build.wasm !== undefined) return { policies: { module: meterModule(build.wasm), packages }, faults: all };
      const refused = build.diagnostics.map((diagnostic) => faultOfDiagnostic(diagnostic, texts));
      return { policies: { module: undefined, packages: [] }, faults: [...all, ...refused] };
    } catch (error) {
      throw toolError(error);
    }
  }
}

function fileName(path: string): string {
  return `policies/${path}`;
}

function toolError(error: unknown): unknown {
  if (!(error instanceof WasmError)) return error;
  const fault: Fault = {
    code: 'PolicyInvalid',
    message: `the policies could not be compiled: ${error.message}`,
    location: { file: 'policies' },
    remedy: 'Look for an expression that nests very deep or a rule with very many cases.',
  };
  return new EdictError(fault, { cause: error });
}

/** The packages that can be judged with, and why the others cannot. */
function soundPackages(
  { diagnostics, packages }: RegoCheck,
  texts: Texts,
): { readonly sound: readonly RegoPackage[]; readonly faults: readonly Fault[] } {
  const found = diagnostics.map((diagnostic) => faultOfDiagnostic(diagnostic, texts));
  const used = new Set(packages.flatMap(({ uses }) => uses));
  const own = packages.flatMap((each) => [
    ...ruleFaults(each, texts),
    ...unknownDataFaults(each, texts),
    ...unaskedFaults(each, used),
  ]);
  const faulty = new Set([...found, ...own].map(({ location }) => location.file));
  const isFaulty = ({ files, sound }: RegoPackage) => !sound || files.some((file) => faulty.has(fileName(file)));
  const unsound = new Set(packages.filter(isFaulty).map(({ name }) => name));
  const isUsable = (each: RegoPackage) => !unsound.has(each.name) && each.uses.every((name) => !unsound.has(name));
  const leftOut = packages
    .filter((each) => !isUsable(each) && !each.files.some((file) => faulty.has(fileName(file))))
    .map((each) =>
      leftOutFault(
        each,
        each.uses.filter((name) => unsound.has(name)),
      ),
    );
  return { sound: packages.filter(isUsable), faults: [...found, ...own, ...leftOut] };
}

function policyPackage(each: RegoPackage, { annotations }: RegoCheck): readonly PolicyPackage[] {
  const rules = RULES.filter((name) => each.rules.some((rule) => rule.name === name));
  const [file] = each.files;
  if (rules.length === 0 || file === undefined) return [];
  const about = annotations.find(({ name, annotations: { scope } }) => name === each.name && scope === 'package');
  return [
    {
      path: packagePath(file),
      file,
      rules,
      inputs: [...each.inputs].sort(compareText),
      title: about?.annotations.title ?? '',
      description: about?.annotations.description ?? '',
    },
  ];
}
