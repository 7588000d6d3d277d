import { readText } from '#adapters/files/file-access.js';
import { EdictError } from '#errors/edict-error.js';
import { isJsonObject, type JsonObject } from '#model/json.js';
import { parseYamlDocument } from '#model/yaml.js';
import { CASE_CLUSTER } from '../cases/case-facts.js';

/** What a template is given of all that the facts of a case do not say. */
const NOTHING: JsonObject = { related: {}, children: {}, charts: {}, parameters: {}, cluster: { ...CASE_CLUSTER } };

/**
 * The facts of a file: one of a test case, what `edict facts` prints of one object, or any other object.
 * Throws EdictError.
 */
export function readFacts(path: string, name: string): JsonObject {
  const { value } = parseYamlDocument(readText(path, name), { file: name });
  const facts = Array.isArray(value) && value.length === 1 ? value[0] : value;
  if (isJsonObject(facts)) return 'object' in facts ? { ...NOTHING, ...facts } : facts;
  throw new EdictError({
    code: 'UsageInvalid',
    message: 'the facts of one object are an object',
    location: { file: name },
    remedy: 'Give a facts.yaml of a test case, or what `edict facts` prints of one object.',
  });
}
