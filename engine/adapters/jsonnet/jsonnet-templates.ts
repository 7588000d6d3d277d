import type { TemplateCheck, TemplateChecker, TemplateFunction } from '#catalog/template-checker.js';
import type { TemplateCall, TemplateEngine } from '#catalog/template-engine.js';
import type { EdictError } from '#errors/edict-error.js';
import type { Fault } from '#errors/fault.js';
import { Jsonnet, type TracedResult } from '#jsonnet/jsonnet.js';
import type { Limits as EvaluationLimits } from '#jsonnet/runtime/budget.js';
import { virtualImporter } from '#jsonnet/virtual-importer.js';
import { compareText, type Json } from '#model/json.js';
import type { Limits } from '#model/rule.js';
import { type LineCoverage, lineCoverage } from './template-coverage.js';
import { naming, templateError } from './template-error.js';

const FUNCTIONS: readonly TemplateFunction[] = ['charts', 'desired', 'status'];
/** UTF-16 units of any one text of a template: more than any output may hold. */
const LONGEST_TEXT = 16 * 1024 * 1024;
const CHECK_LIMITS = { steps: 1_000_000, depth: 500, text: LONGEST_TEXT };

/** Templates in Jsonnet, compiled once. A call takes the thread for as long as its rule allows, in steps. */
export class JsonnetTemplates implements TemplateEngine, TemplateChecker {
  readonly #files: { readonly [path: string]: string };
  readonly #jsonnet: Jsonnet;
  /** The same files, compiled so that they remember where values come from; made when first asked for. */
  #tracing: Jsonnet | undefined;

  /** `files` are the texts of templates and libraries by path. Where `isCovered`, it is counted what is evaluated. */
  constructor(files: { readonly [path: string]: string }, options: { readonly isCovered?: boolean } = {}) {
    this.#files = files;
    this.#jsonnet = new Jsonnet(virtualImporter(files), options);
  }

  async call({ template, function: name, arguments: values, limits, object, onRead }: TemplateCall): Promise<Json> {
    try {
      return this.#jsonnet.call(template, name, values, { limits: evaluationLimits(limits), onRead }) as Json;
    } catch (error) {
      const explained = this.#error(error, template);
      throw object === undefined ? explained : naming(explained, object);
    }
  }

  /** What a call gives, and the place in a template that gave each part of it, by JSON Pointer. Throws as `call` does. */
  explain({ template, function: name, arguments: values, limits }: TemplateCall): TracedResult {
    this.#tracing ??= new Jsonnet(virtualImporter(this.#files), { isTraced: true });
    try {
      return this.#tracing.trace(template, name, values, { limits: evaluationLimits(limits) });
    } catch (error) {
      throw this.#error(error, template);
    }
  }

  async check(path: string): Promise<TemplateCheck> {
    const { files, errors } = this.#jsonnet.graph(path);
    const faults = errors.flatMap((error) => invalid(this.#error(error, path)));
    if (faults.length > 0) return { faults };
    try {
      const types = this.#jsonnet.fieldTypes(path, { limits: CHECK_LIMITS }) ?? {};
      return checkFunctions(path, types, [...files].sort());
    } catch (error) {
      return { faults: invalid(this.#error(error, path)) };
    }
  }

  /** The lines that were evaluated, of every template and library that was loaded. */
  coverage(): { readonly [path: string]: LineCoverage } {
    const files = [...this.#jsonnet.coverage()].sort(([left], [right]) => compareText(left, right));
    return Object.fromEntries(files.map(([path, parts]) => [path, lineCoverage(parts)]));
  }

  #error(error: unknown, template: string): EdictError {
    return templateError(error, template, this.#files);
  }
}

function evaluationLimits({ steps, depth, output }: Limits): Partial<EvaluationLimits> {
  return { steps, depth, output, text: LONGEST_TEXT };
}

function checkFunctions(
  path: string,
  types: { readonly [name: string]: string },
  files: readonly string[],
): TemplateCheck {
  const functions = FUNCTIONS.filter((name) => types[name] === 'function');
  const unknown = Object.keys(types).filter((name) => !functions.some((known) => known === name));
  if (functions.includes('desired') && unknown.length === 0) return { functions, files };
  const message =
    unknown.length > 0
      ? `the template has ${unknown.join(', ')}, which is no function that Edict calls`
      : 'the template has no function desired(facts)';
  const remedy =
    'A template is an object of functions: charts(object, parameters), desired(facts), status(facts, result).';
  return { faults: [{ code: 'TemplateInvalid', message, location: { file: path, line: 1 }, remedy }] };
}

/** What goes wrong before a template is ever called is a fault of its text. */
function invalid({ faults }: EdictError): readonly Fault[] {
  return faults.map((fault) => (fault.code === 'TemplateFailed' ? { ...fault, code: 'TemplateInvalid' } : fault));
}
