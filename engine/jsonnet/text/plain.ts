/** A fully evaluated Jsonnet value without functions; hidden fields are left out. */
export type Plain = null | boolean | number | string | readonly Plain[] | PlainObject;

/** An object's visible fields as own enumerable properties; the order of the properties says nothing. */
export interface PlainObject {
  readonly [key: string]: Plain;
}

/** Whether the value is an object, so neither null nor an array. */
export function isPlainObject(value: Plain): value is PlainObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether the value is an array. */
export function isPlainArray(value: Plain): value is readonly Plain[] {
  return Array.isArray(value);
}

/** What std.type says of the value. */
export function typeName(value: Plain): string {
  if (value === null) return 'null';
  return isPlainArray(value) ? 'array' : typeof value;
}
