import type { TemplateCheck, TemplateChecker, TemplateFunction } from '#catalog/template-checker.js';
import type { TemplateCall, TemplateEngine } from '#catalog/template-engine.js';
import { EdictError } from '#errors/edict-error.js';
import { digestOf } from '#model/digest.js';
import type { Json } from '#model/json.js';
import type { JsonnetResult, JsonnetTool } from '#wasm/jsonnet-tool.js';
import { templateFault, wasmFault } from './template-fault.js';

/** The program that calls a template: it stands beside the trees, so that imports are relative to the rule set. */
const CALLER = 'call.jsonnet';
const FUNCTIONS: readonly TemplateFunction[] = ['charts', 'desired', 'status'];

/** Keeps what a check found, by the hash of all that it depends on. */
export interface CheckCache {
  get(key: string): Promise<Json | undefined>;
  put(key: string, value: Json): Promise<void>;
}

/** What evaluating templates needs. */
export interface JsonnetTemplatesOptions {
  /** Texts of templates and libraries, by path. */
  readonly files: { readonly [path: string]: string };
  /** Makes one worker; as many are made as `workers` says, each when it is first needed. */
  readonly tool: () => JsonnetTool;
  readonly workers: number;
  readonly cache: CheckCache;
}

interface Seat {
  readonly tool: JsonnetTool;
  readonly loaded: Promise<void>;
  busy: number;
}

/** Templates in go-jsonnet. Calls run on a few workers; one that runs away is stopped and named, the others go on. */
export class JsonnetTemplates implements TemplateEngine, TemplateChecker {
  readonly #options: JsonnetTemplatesOptions;
  readonly #seats: Seat[] = [];

  constructor(options: JsonnetTemplatesOptions) {
    this.#options = options;
  }

  async call({ template, function: name, arguments: values, limits }: TemplateCall): Promise<Json> {
    const names = values.map((_, index) => `a${index}`);
    const code = `function(${names.join(', ')}) (import ${JSON.stringify(template)}).${name}(${names.join(', ')})`;
    const tlaCode = Object.fromEntries(values.map((value, index) => [`a${index}`, JSON.stringify(value)]));
    const text = await this.#evaluate(template, { file: CALLER, code, tlaCode, maxStack: limits.depth });
    const size = Buffer.byteLength(text);
    if (size <= limits.output) return JSON.parse(text) as Json;
    throw new EdictError({
      code: 'TemplateOutputTooLarge',
      message: `${name}() returned ${size} bytes, and the rule allows ${limits.output}`,
      location: { file: template },
      remedy: 'Return less, or raise limits.output in the rule.',
    });
  }

  async check(path: string): Promise<TemplateCheck> {
    const key = digestOf(JSON.stringify(['template-check', path, this.#options.files]));
    const known = await this.#options.cache.get(key);
    if (known !== undefined) return known as unknown as TemplateCheck;
    const check = await this.#check(path);
    await this.#options.cache.put(key, check as unknown as Json);
    return check;
  }

  /** Stops all workers. */
  async close(): Promise<void> {
    await Promise.all(this.#seats.map(({ tool }) => tool.close()));
  }

  async #check(path: string): Promise<TemplateCheck> {
    const code = `local t = import ${JSON.stringify(path)}; if std.isObject(t) then { [f]: std.isFunction(t[f]) for f in std.objectFieldsAll(t) } else null`;
    let fields: { readonly [field: string]: boolean } | null;
    try {
      fields = JSON.parse(await this.#evaluate(path, { file: CALLER, code })) as typeof fields;
    } catch (error) {
      if (!(error instanceof EdictError)) throw error;
      return { faults: error.faults.map((fault) => (fault.code === 'TemplateFailed' ? { ...fault, code: 'TemplateInvalid' } : fault)) };
    }
    const functions = FUNCTIONS.filter((name) => fields?.[name] === true);
    const unknown = Object.keys(fields ?? {}).filter((name) => !functions.some((known) => known === name));
    if (functions.includes('desired') && unknown.length === 0) return { functions };
    const message = unknown.length > 0 ? `the template has ${unknown.join(', ')}, which is no function that Edict calls` : 'the template has no function desired(facts)';
    const remedy = 'A template is an object of functions: charts(object, parameters), desired(facts), status(facts, result).';
    return { faults: [{ code: 'TemplateInvalid', message, location: { file: path, line: 1 }, remedy }] };
  }

  async #evaluate(template: string, request: Parameters<JsonnetTool['evaluate']>[0]): Promise<string> {
    const seat = this.#seat();
    seat.busy++;
    let result: JsonnetResult;
    try {
      await seat.loaded;
      result = await seat.tool.evaluate(request);
    } catch (error) {
      throw wasmFault(error, template);
    } finally {
      seat.busy--;
    }
    if ('text' in result) return result.text;
    throw templateFault(result.error, template, { files: this.#options.files, caller: CALLER });
  }

  /** The least busy worker; another one is made while all are busy and there may be more. */
  #seat(): Seat {
    const idle = this.#seats.reduce<Seat | undefined>((best, seat) => (best === undefined || seat.busy < best.busy ? seat : best), undefined);
    if (idle !== undefined && (idle.busy === 0 || this.#seats.length >= this.#options.workers)) return idle;
    const tool = this.#options.tool();
    const seat = { tool, loaded: tool.load(this.#options.files), busy: 0 };
    this.#seats.push(seat);
    return seat;
  }
}
