import type { TemplateCall, TemplateEngine } from '#catalog/template-engine.js';
import type { Facts } from '#model/facts.js';
import type { Json } from '#model/json.js';

/** Templates of one pass, and which facts they have looked at: who has not comes to the same whatever these are. */
export class FactsWatch implements TemplateEngine {
  readonly #templates: TemplateEngine;
  readonly #read = new Map<string, Set<string>>();

  constructor(templates: TemplateEngine) {
    this.#templates = templates;
  }

  /** Whether one of these functions has looked at a fact. */
  wasRead(fact: keyof Facts, ...functions: readonly TemplateCall['function'][]): boolean {
    return functions.some((name) => this.#read.get(name)?.has(fact) === true);
  }

  call(call: TemplateCall): Promise<Json> {
    const read = this.#read.get(call.function) ?? new Set();
    this.#read.set(call.function, read);
    return this.#templates.call({ ...call, onRead: (field) => void read.add(field) });
  }
}
