import type { TemplateCall, TemplateEngine } from '#catalog/template-engine.js';
import type { Json } from '#model/json.js';

/** Templates of one pass, and whether any of them has looked at the time: who has not comes to the same at every time. */
export class TimeWatch implements TemplateEngine {
  readonly #templates: TemplateEngine;
  #wasRead = false;

  constructor(templates: TemplateEngine) {
    this.#templates = templates;
  }

  get wasRead(): boolean {
    return this.#wasRead;
  }

  call(call: TemplateCall): Promise<Json> {
    const onTime = (): void => {
      this.#wasRead = true;
    };
    return this.#templates.call({ ...call, onTime });
  }
}
