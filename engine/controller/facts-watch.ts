import type { TemplateCall, TemplateEngine } from '#catalog/template-engine.js';
import type { Facts } from '#model/facts.js';
import type { Json } from '#model/json.js';

/** Templates of one pass, and which facts they have looked at: who has not comes to the same whatever these are. */
export class FactsWatch implements TemplateEngine {
  readonly #templates: TemplateEngine;
  readonly #read = new Set<string>();

  constructor(templates: TemplateEngine) {
    this.#templates = templates;
  }

  /** Whether any template has looked at a fact. */
  wasRead(fact: keyof Facts): boolean {
    return this.#read.has(fact);
  }

  call(call: TemplateCall): Promise<Json> {
    return this.#templates.call({ ...call, onRead: (field) => void this.#read.add(field) });
  }
}
