import { CORE_SCHEMA, loadAll, mergeTag } from 'js-yaml';
import { RegoObject, type RegoValue } from '../rego-value.js';
import { BuiltinError, type Builtins, textAt } from './builtin.js';
import { writeYaml } from './yaml-writer.js';

const OPTIONS = { schema: CORE_SCHEMA.withTags(mergeTag), json: true };
const STEPS_PER_VALUE = 10;

/** The first document of a text; what aliases stand for is counted each time. */
function read(text: string, spend: (steps: number) => void): RegoValue {
  spend(text.length);
  const [document] = loadAll(text, OPTIONS);
  return regoValueOf(document, spend);
}

function regoValueOf(value: unknown, spend: (steps: number) => void): RegoValue {
  spend(STEPS_PER_VALUE);
  if (value === null || value === undefined) return null;
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  if (Array.isArray(value)) return value.map((item) => regoValueOf(item, spend));
  if (typeof value !== 'object') throw new BuiltinError('the text holds a value that JSON cannot');
  return RegoObject.of(Object.entries(value).map(([key, item]) => [key, regoValueOf(item, spend)]));
}

function isYamlError(error: unknown): boolean {
  return error instanceof BuiltinError || (error instanceof Error && error.name === 'YAMLException');
}

/** One document of YAML 1.2 with merge keys. @see v1/topdown/encoding.go and internal/yaml of OPA 1.22 */
export const yamlBuiltins: Builtins = {
  'yaml.marshal': (operands, { spend }) => writeYaml(operands[0]!, spend),
  'yaml.unmarshal': (operands, { spend }) => {
    try {
      return read(textAt(operands, 0), spend);
    } catch (cause) {
      if (!isYamlError(cause)) throw cause;
      throw new BuiltinError('the text is not YAML that JSON can hold', { cause });
    }
  },
  'yaml.is_valid': ([text], { spend }) => {
    try {
      return typeof text === 'string' && read(text, spend) !== undefined;
    } catch (error) {
      if (!isYamlError(error)) throw error;
      return false;
    }
  },
};
