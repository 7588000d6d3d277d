import type { CompiledPolicies } from '#catalog/policy-compiler.js';
import type { ErrorCode } from '#errors/codes.js';
import type { Fault } from '#errors/fault.js';
import { digestOf } from '#model/digest.js';
import type { JsonObject } from '#model/json.js';
import type { PolicyAnswer, PolicyEngine, PolicyQuery } from '#policy/policy-engine.js';
import { hostBuiltins } from './builtins/index.js';
import { namedLayouts } from './builtins/time-layout.js';
import { parseTime } from './builtins/time-parse.js';
import { EvaluationFailure, type FailureKind } from './evaluation-failure.js';
import { PolicyInstance, type PolicyLimits, type PolicyModule } from './policy-instance.js';
import { loadModule } from './policy-module.js';
import { RecentAnswers } from './recent-answers.js';

/** What evaluating policies needs. */
export interface OpaPolicyEngineOptions {
  readonly policies: CompiledPolicies;
  /** `defaultPolicyLimits` where absent. */
  readonly limits?: PolicyLimits;
}

/** Five million steps are half a second, or a few where each takes memory. */
export const defaultPolicyLimits: PolicyLimits = { steps: 5_000_000, memory: 256 * 1024 * 1024 };

/** An instance that grew beyond this is replaced after use: the memory of WebAssembly never shrinks. */
const KEPT_MEMORY = 32 * 1024 * 1024;
/** A policy that used up its steps or memory so often in a row is not asked for a while. */
const RUNAWAYS = 2;
const QUERIES_LEFT_OUT = 100;

const CODES: { readonly [kind in FailureKind]: ErrorCode } = {
  Builtin: 'PolicyFailed',
  Abort: 'PolicyFailed',
  Steps: 'EvaluationTimeout',
  Memory: 'EvaluationOutOfMemory',
  Depth: 'EvaluationTooDeep',
  Defect: 'InternalFault',
};

const REMEDIES: { readonly [kind in FailureKind]: string } = {
  Builtin:
    'Check what the policy gives to that built-in before it calls it, for example with is_string or a regular expression.',
  Abort: 'Make the rules of the policy agree: a complete rule must have one value.',
  Steps: 'Make the policy smaller: look for nested loops over long lists.',
  Memory: 'Make the policy smaller: look for a list or a comprehension that grows without bound.',
  Depth: 'Nest the object, or the values that the policy makes, less deep.',
  Defect: 'This is a defect of Edict: please report it with the policy.',
};

interface Runaway {
  times: number;
  leftOut: number;
}

/**
 * Evaluates policies in the calling thread: modules count their steps and have a memory maximum, so that they end without
 * a second thread that watches, and fail at the same step on every machine.
 */
export class OpaPolicyEngine implements PolicyEngine {
  readonly #options: OpaPolicyEngineOptions;
  readonly #limits: PolicyLimits;
  readonly #files: ReadonlyMap<string, string>;
  /** By their parameters: an instance parses them once. */
  readonly #instances = new Map<string, PolicyInstance>();
  /** Text of parameters: a rule's are one object for as long as it is loaded. */
  readonly #parameterTexts = new WeakMap<JsonObject, string>();
  readonly #runaways = new Map<string, Runaway>();
  readonly #recent = new RecentAnswers();
  #module: PolicyModule | undefined;

  constructor(options: OpaPolicyEngineOptions) {
    this.#options = options;
    this.#limits = options.limits ?? defaultPolicyLimits;
    this.#files = new Map(options.policies.packages.map(({ path, file }) => [path, `policies/${file}`]));
  }

  evaluate(query: PolicyQuery): Promise<readonly PolicyAnswer[]> {
    try {
      return Promise.resolve(this.#answer(query));
    } catch (error) {
      return Promise.resolve(
        query.entrypoints.map((entrypoint) => ({ fault: this.#fault(entrypoint, failureOf(error)) })),
      );
    }
  }

  #answer(query: PolicyQuery): readonly PolicyAnswer[] {
    const { entrypoints, time } = query;
    const asked = { json: JSON.stringify(query.input), parameters: this.#textOf(query.parameters) };
    // Neither names nor JSON on one line hold a line break.
    const question = digestOf([...entrypoints, asked.parameters, asked.json].join('\n'));
    const known = this.#recent.find(question, time);
    if (known !== undefined) return known;
    let hasLooked = false;
    const now = () => {
      hasLooked = true;
      return time === undefined ? undefined : parseTime(namedLayouts.RFC3339!, time);
    };
    const answers = new Evaluation(this.#session({ ...asked, now }), query).run();
    this.#recent.keep(question, answers, hasLooked ? time : undefined);
    return answers;
  }

  #session({ json, parameters, now }: Question): Session {
    return {
      open: () => {
        const instance = this.#instanceFor(parameters);
        instance.setInput(json, now);
        return instance;
      },
      close: (instance) => this.#release(parameters, instance),
      fail: (entrypoint, failure) => {
        this.#instances.delete(parameters);
        this.#remember(entrypoint, failure);
        return this.#fault(entrypoint, failure);
      },
      succeed: (entrypoint) => this.#runaways.delete(entrypoint),
      refuse: (entrypoint) => this.#refusal(entrypoint),
    };
  }

  #textOf(parameters: JsonObject): string {
    const text = this.#parameterTexts.get(parameters) ?? JSON.stringify(parameters);
    this.#parameterTexts.set(parameters, text);
    return text;
  }

  #instanceFor(parameters: string): PolicyInstance {
    const known = this.#instances.get(parameters);
    if (known !== undefined) return known;
    const { module } = this.#options.policies;
    if (module === undefined) throw new EvaluationFailure('Defect', 'there are no compiled policies');
    this.#module ??= loadModule(module);
    const instance = new PolicyInstance(this.#module, {
      builtins: hostBuiltins,
      limits: this.#limits,
      data: { parameters: JSON.parse(parameters) as JsonObject },
    });
    this.#instances.set(parameters, instance);
    return instance;
  }

  #release(parameters: string, { memorySize }: PolicyInstance): void {
    if (memorySize > KEPT_MEMORY) this.#instances.delete(parameters);
  }

  #remember(entrypoint: string, { kind }: EvaluationFailure): void {
    if (kind !== 'Steps' && kind !== 'Memory') return;
    const times = (this.#runaways.get(entrypoint)?.times ?? 0) + 1;
    this.#runaways.set(entrypoint, { times, leftOut: times >= RUNAWAYS ? QUERIES_LEFT_OUT : 0 });
  }

  #refusal(entrypoint: string): Fault | undefined {
    const runaway = this.#runaways.get(entrypoint);
    if (runaway === undefined || runaway.leftOut === 0) return undefined;
    runaway.leftOut -= 1;
    return this.#fault(entrypoint, new EvaluationFailure('Steps', 'it ran away before and is left out for now'));
  }

  #fault(entrypoint: string, { kind, message }: EvaluationFailure): Fault {
    const place = /^(\S+\.rego):(\d+)(?::(\d+))?: (.*)$/s.exec(message);
    const path = entrypoint.slice(0, entrypoint.lastIndexOf('/'));
    const file = place === null ? this.#files.get(path) : `policies/${place[1]!.replace(/^\//, '')}`;
    return {
      code: CODES[kind],
      message: `policy ${entrypoint} gave no answer: ${place?.[4] ?? message}`,
      location: {
        ...(file === undefined ? {} : { file }),
        ...(place === null ? {} : { line: Number(place[2]) }),
        ...(place?.[3] === undefined ? {} : { column: Number(place[3]) }),
      },
      remedy: REMEDIES[kind],
    };
  }
}

/** A query as an instance is given it. */
interface Question {
  readonly json: string;
  readonly parameters: string;
  /** Nanoseconds since 1970; undefined where there is no time. */
  readonly now: () => bigint | undefined;
}

/** What one query may do with the engine. */
interface Session {
  /** An instance that has parsed the input. Throws EvaluationFailure. */
  readonly open: () => PolicyInstance;
  readonly close: (instance: PolicyInstance) => void;
  readonly fail: (entrypoint: string, failure: EvaluationFailure) => Fault;
  readonly succeed: (entrypoint: string) => void;
  /** Why an entrypoint is not asked at all. */
  readonly refuse: (entrypoint: string) => Fault | undefined;
}

/** One query: after a failure the other entrypoints are asked with a new instance. */
class Evaluation {
  #instance: PolicyInstance | undefined;

  readonly session: Session;
  readonly query: PolicyQuery;

  constructor(session: Session, query: PolicyQuery) {
    this.session = session;
    this.query = query;
  }

  run(): readonly PolicyAnswer[] {
    const answers = this.query.entrypoints.map((entrypoint) => this.#answer(entrypoint));
    if (this.#instance !== undefined) this.session.close(this.#instance);
    return answers;
  }

  #answer(entrypoint: string): PolicyAnswer {
    const refusal = this.session.refuse(entrypoint);
    if (refusal !== undefined) return { fault: refusal };
    try {
      this.#instance ??= this.session.open();
      const id = this.#instance.entrypoints.get(entrypoint);
      if (id === undefined) throw new EvaluationFailure('Defect', 'there is no such entrypoint');
      const value = this.#instance.evaluate(id);
      this.session.succeed(entrypoint);
      return { value };
    } catch (error) {
      this.#instance = undefined;
      return { fault: this.session.fail(entrypoint, failureOf(error)) };
    }
  }
}

function failureOf(error: unknown): EvaluationFailure {
  if (error instanceof EvaluationFailure) return error;
  if (error instanceof RangeError) return new EvaluationFailure('Depth', 'the input nests too deep');
  return new EvaluationFailure('Defect', error instanceof Error ? error.message : String(error));
}
