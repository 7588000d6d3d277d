import type { Json } from '#model/json.js';
import type { Path } from '#model/path.js';

/** The types that a structural schema may name. */
export type SchemaType = 'array' | 'boolean' | 'integer' | 'number' | 'object' | 'string';

/** One entry of `x-kubernetes-validations`, as the API server reads it. */
export interface ValidationRule {
  readonly rule: string;
  readonly message?: string;
  readonly messageExpression?: string;
  readonly reason?: string;
  readonly fieldPath?: string;
  readonly optionalOldSelf?: boolean;
}

/** A JSON schema with the keywords of `apiextensions.k8s.io/v1` JSONSchemaProps that change what is valid. */
export interface Schema {
  readonly type?: SchemaType;
  readonly nullable?: boolean;
  readonly default?: Json;
  readonly properties?: { readonly [name: string]: Schema };
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly required?: readonly string[];
  readonly enum?: readonly Json[];
  readonly format?: string;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: boolean;
  readonly exclusiveMaximum?: boolean;
  readonly multipleOf?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly allOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly not?: Schema;
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean;
  readonly 'x-kubernetes-embedded-resource'?: boolean;
  readonly 'x-kubernetes-int-or-string'?: boolean;
  readonly 'x-kubernetes-list-type'?: 'atomic' | 'map' | 'set';
  readonly 'x-kubernetes-list-map-keys'?: readonly string[];
  readonly 'x-kubernetes-validations'?: readonly ValidationRule[];
}

/** The schemas directly inside `schema` that describe values below it, with the path in the schema document. */
export function* childSchemas(schema: Schema): Generator<readonly [path: Path, child: Schema]> {
  for (const [name, child] of Object.entries(schema.properties ?? {})) yield [['properties', name], child];
  if (typeof schema.additionalProperties === 'object') yield [['additionalProperties'], schema.additionalProperties];
  if (schema.items !== undefined) yield [['items'], schema.items];
}

/** The value validations directly inside `schema`: `allOf`, `anyOf`, `oneOf` and `not`, with their paths. */
export function* valueValidations(schema: Schema): Generator<readonly [path: Path, child: Schema]> {
  if (!hasValueValidations(schema)) return;
  for (const keyword of ['allOf', 'anyOf', 'oneOf'] as const) {
    for (const [index, child] of (schema[keyword] ?? []).entries()) yield [[keyword, index], child];
  }
  if (schema.not !== undefined) yield [['not'], schema.not];
}

/** Whether `schema` has any of `allOf`, `anyOf`, `oneOf` and `not`: few have. */
export function hasValueValidations({ allOf, anyOf, oneOf, not }: Schema): boolean {
  return allOf !== undefined || anyOf !== undefined || oneOf !== undefined || not !== undefined;
}
