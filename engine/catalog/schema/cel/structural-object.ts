import type { Json, JsonObject } from '#model/json.js';

/** How an expression sees values of one schema: the name of their type in CEL, and how to make one. */
export interface ValueType {
  readonly name: string;
  convert(value: Json): unknown;
}

/** The fields of a type, by the names that expressions use. */
export type Fields = ReadonlyMap<string, { readonly key: string; readonly type: ValueType }>;

/** An object with the fields of its schema. A field is converted when an expression reads it; null counts as absent. */
export class StructuralObject extends Map<string, unknown> {
  readonly source: JsonObject;
  readonly #fields: Fields;

  constructor(source: JsonObject, fields: Fields) {
    super();
    this.source = source;
    this.#fields = fields;
  }

  override get(name: string): unknown {
    const field = this.#fields.get(name);
    if (field === undefined || !Object.hasOwn(this.source, field.key)) return undefined;
    const value = this.source[field.key] ?? null;
    return value === null ? undefined : field.type.convert(value);
  }
}
