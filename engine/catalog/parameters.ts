import type { ValidateFunction } from 'ajv/dist/2020.js';
import type { Fault } from '#errors/fault.js';
import type { JsonObject } from '#model/json.js';
import { formatPath } from '#model/path.js';
import { type CheckCache, cached } from './check-cache.js';
import { INSTALLATION_FILE } from './layout.js';

/** Parameter values of one rule, and what is wrong with them. */
export interface ParameterValues {
  readonly parameters: JsonObject;
  readonly faults: readonly Fault[];
}

/** Of the values of a domain those that one of its rules declares, with the rule's defaults, checked. */
export async function parameterValues(
  declared: JsonObject,
  values: JsonObject,
  place: { readonly file: string; readonly domain: string; readonly cache: CheckCache },
): Promise<ParameterValues> {
  const names = Object.keys(declared);
  if (names.length === 0) return { parameters: {}, faults: [] };
  const chosen = names.filter((name) => Object.hasOwn(values, name));
  // A copy, because the validator writes defaults into what it checks.
  const given = Object.fromEntries(chosen.map((name) => [name, structuredClone(values[name])])) as JsonObject;
  const { file, domain } = place;
  return cached(place.cache, 'parameters', [declared, given, file, domain], () =>
    checked(declared, given, { file, domain }),
  );
}

async function checked(
  declared: JsonObject,
  given: JsonObject,
  place: { readonly file: string; readonly domain: string },
): Promise<ParameterValues> {
  const validate = await compile(declared);
  if (validate instanceof Error) return { parameters: given, faults: [declarationFault(validate, place.file)] };
  if (validate(given)) return { parameters: given, faults: [] };
  const faults = (validate.errors ?? []).map((error): Fault => {
    const name = error.instancePath.split('/')[1] ?? String(error.params.missingProperty ?? '');
    return {
      code: 'InstallationInvalid',
      message: `parameter ${name} of domain ${place.domain} ${error.message ?? 'is not valid'}`,
      location: { file: INSTALLATION_FILE, path: formatPath(['spec', 'parameters', place.domain, name]) },
      remedy: `Set it in edict.yaml as ${place.file} declares it under parameters.`,
    };
  });
  return { parameters: given, faults };
}

async function compile(declared: JsonObject): Promise<ValidateFunction | Error> {
  const { Ajv2020 } = await import('ajv/dist/2020.js');
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
