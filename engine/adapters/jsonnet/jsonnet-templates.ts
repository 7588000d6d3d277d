import { type CheckCache, cached } from '#catalog/check-cache.js';
import type { TemplateCheck, TemplateChecker, TemplateFunction } from '#catalog/template-checker.js';
import type { TemplateCall, TemplateEngine } from '#catalog/template-engine.js';
import { EdictError } from '#errors/edict-error.js';
import type { Json } from '#model/json.js';
import type { JsonnetResult, JsonnetTool } from '#wasm/jsonnet-tool.js';
import { type ImportGraph, importGraph } from './imports.js';
import { naming, templateFault, tooLarge, wasmFault } from './template-fault.js';

/** The program that calls a template: it stands beside the trees, so that imports are relative to the rule set. */
const CALLER = 'call.jsonnet';
const FUNCTIONS: readonly TemplateFunction[] = ['charts', 'desired', 'status'];

/** Tells the fields of a template, and parses all that it imports: Jsonnet would not look at a library before it needs it. */
function checkProgram(template: string, libraries: readonly string[]): string {
  const imports = libraries.map((path) => `std.type(import ${JSON.stringify(path)})`);
  return `local t = import ${JSON.stringify(template)}; if std.member([${imports.join(', ')}], '') then null
else if std.isObject(t) then { [f]: std.isFunction(t[f]) for f in std.objectFieldsAll(t) } else null`;
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

  async call({ template, function: name, arguments: values, limits, object }: TemplateCall): Promise<Json> {
    const names = values.map((_, index) => `a${index}`);
    const code = `function(${names.join(', ')}) (import ${JSON.stringify(template)}).${name}(${names.join(', ')})`;
    const tlaCode = Object.fromEntries(values.map((value, index) => [`a${index}`, JSON.stringify(value)]));
    try {
      const text = await this.#evaluate(template, { file: CALLER, code, tlaCode, maxStack: limits.depth });
      const size = Buffer.byteLength(text);
      if (size > limits.output) throw tooLarge(`${name}() returned ${size} bytes`, template, limits);
      return JSON.parse(text) as Json;
    } catch (error) {
      throw object === undefined ? error : naming(error, object);
    }
  }

  async check(path: string): Promise<TemplateCheck> {
    const graph = importGraph(path, this.#options.files);
    if (graph.faults.length > 0) return { faults: graph.faults };
    const texts = graph.files.map((file) => [file, this.#options.files[file]]);
    const program = checkProgram(path, graph.libraries);
    try {
      return await cached(this.#options.cache, 'template', [program, texts], () => this.#check(path, program, graph));
    } catch (error) {
      // Not kept in the cache: what was stopped, or could not begin, may go well the next time.
      if (error instanceof EdictError) return { faults: error.faults };
      throw error;
    }
  }

  /** Stops all workers. */
  async close(): Promise<void> {
    await Promise.all(this.#seats.map(({ tool }) => tool.close()));
  }

  async #check(path: string, program: string, { files }: ImportGraph): Promise<TemplateCheck> {
    let fields: { readonly [field: string]: boolean } | null;
    try {
      fields = JSON.parse(await this.#evaluate(path, { file: CALLER, code: program })) as typeof fields;
    } catch (error) {
      if (!(error instanceof EdictError) || error.code !== 'TemplateFailed') throw error;
      return { faults: error.faults.map((fault) => ({ ...fault, code: 'TemplateInvalid' })) };
    }
    const functions = FUNCTIONS.filter((name) => fields?.[name] === true);
    const unknown = Object.keys(fields ?? {}).filter((name) => !functions.some((known) => known === name));
    if (functions.includes('desired') && unknown.length === 0) return { functions, files };
    const message =
      unknown.length > 0
        ? `the template has ${unknown.join(', ')}, which is no function that Edict calls`
        : 'the template has no function desired(facts)';
    const remedy =
      'A template is an object of functions: charts(object, parameters), desired(facts), status(facts, result).';
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
    const idle = this.#seats.reduce<Seat | undefined>(
      (best, seat) => (best === undefined || seat.busy < best.busy ? seat : best),
      undefined,
    );
    if (idle !== undefined && (idle.busy === 0 || this.#seats.length >= this.#options.workers)) return idle;
    const tool = this.#options.tool();
    const seat = { tool, loaded: tool.load(this.#options.files), busy: 0 };
    this.#seats.push(seat);
    return seat;
  }
}
