import type { TemplateCheck, TemplateChecker, TemplateFunction } from '#catalog/template-checker.js';
import type { TemplateCall, TemplateEngine } from '#catalog/template-engine.js';
import type { EdictError } from '#errors/edict-error.js';
import type { Fault } from '#errors/fault.js';
import { Jsonnet } from '#jsonnet/jsonnet.js';
import { virtualImporter } from '#jsonnet/virtual-importer.js';
import type { Json } from '#model/json.js';
import { naming, templateError } from './template-error.js';

const FUNCTIONS: readonly TemplateFunction[] = ['charts', 'desired', 'status'];
const CHECK_LIMITS = { steps: 1_000_000, depth: 500 };

/** Templates in Jsonnet, compiled once. A call takes the thread for as long as its rule allows, in steps. */
export class JsonnetTemplates implements TemplateEngine, TemplateChecker {
  readonly #files: { readonly [path: string]: string };
  readonly #jsonnet: Jsonnet;

  /** `files` are the texts of templates and libraries by path. */
  constructor(files: { readonly [path: string]: string }) {
    this.#files = files;
    this.#jsonnet = new Jsonnet(virtualImporter(files));
  }

  async call({ template, function: name, arguments: values, limits, object }: TemplateCall): Promise<Json> {
    const { steps, depth, output } = limits;
    try {
      return this.#jsonnet.call(template, name, values, { limits: { steps, depth, output } }) as Json;
    } catch (error) {
      const explained = this.#error(error, template);
      throw object === undefined ? explained : naming(explained, object);
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

  #error(error: unknown, template: string): EdictError {
    return templateError(error, template, this.#files);
  }
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
