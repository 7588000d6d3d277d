import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import type { Fault } from '#errors/fault.js';
import type { JsonObject } from '#model/json.js';

/** Parameter values of one rule: those of its domain that it declares, with its defaults, checked. */
export function parameterValues(
  declared: JsonObject,
  values: JsonObject,
  place: { readonly file: string; readonly domain: string },
): { readonly parameters: JsonObject; readonly faults: readonly Fault[] } {
  const given = Object.fromEntries(
    Object.keys(declared)
      .filter((name) => Object.hasOwn(values, name))
      .map((name) => [name, structuredClone(values[name])]),
  ) as JsonObject;
  const validate = compile(declared);
  if (validate instanceof Error) return { parameters: given, faults: [declarationFault(validate, place.file)] };
  if (validate(given)) return { parameters: given, faults: [] };
  const faults = (validate.errors ?? []).map((error): Fault => {
    const name = error.instancePath.split('/')[1] ?? String(error.params['missingProperty'] ?? '');
    return {
      code: 'InstallationInvalid',
      message: `parameter ${name} of domain ${place.domain} ${error.message ?? 'is not valid'}`,
      location: { file: 'edict.yaml', path: `spec.parameters.${place.domain}.${name}` },
      remedy: `Set it in edict.yaml as ${place.file} declares it under parameters.`,
    };
  });
  return { parameters: given, faults };
}

function compile(declared: JsonObject): ValidateFunction | Error {
  const required = Object.keys(declared).filter((name) => !Object.hasOwn(declared[name] as JsonObject, 'default'));
  try {
    const ajv = new Ajv2020({ useDefaults: true, allErrors: true, strict: true });
    return ajv.compile({ type: 'object', properties: declared, required });
  } catch (error) {
    return error as Error;
  }
}

function declarationFault(error: Error, file: string): Fault {
  return {
    code: 'RuleInvalid',
    message: `the parameters are not valid JSON Schema: ${error.message}`,
    location: { file, path: 'spec.parameters' },
    remedy: 'Write each parameter as {type: ..., default: ...}.',
  };
}
