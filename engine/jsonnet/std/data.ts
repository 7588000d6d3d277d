import { claimText, spend } from '../runtime/budget.js';
import { inside } from '../runtime/manifest.js';
import { arrayOf, booleanOf, mistyped, numberOf, textOf } from '../runtime/operators.js';
import { fromPlain } from '../runtime/plain-object.js';
import { fieldNamed, shapeOf } from '../runtime/read-object.js';
import { elementAt, ObjectValue, type Value } from '../runtime/value.js';
import { base64, base64Decode, base64DecodeBytes } from '../text/base64.js';
import { hash } from '../text/hash.js';
import { manifestIni } from '../text/manifest-ini.js';
import { manifestJson, manifestJsonEx, manifestJsonMinified } from '../text/manifest-json.js';
import { manifestPython, manifestPythonVars } from '../text/manifest-python.js';
import { manifestToml, manifestTomlEx } from '../text/manifest-toml.js';
import { manifestXmlJsonml } from '../text/manifest-xml.js';
import { manifestYamlDoc, manifestYamlStream } from '../text/manifest-yaml.js';
import { parseJson } from '../text/parse-json.js';
import { parseYaml } from '../text/parse-yaml.js';
import type { Plain } from '../text/plain.js';
import { bytesOf, decodeUtf8, encodeUtf8 } from '../text/utf8.js';
import { type Builtin, type Builtins, builtin, type Returns } from './builtin.js';

/** A function that writes a value as a text; further parameters are options. */
function writes(parameters: string, code: (value: Plain, ...options: Value[]) => string): Builtin {
  return builtin(
    parameters,
    (value: Value, ...options: Value[]) => {
      const text = code(inside(value, false), ...options);
      claimText(text.length);
      return text;
    },
    'string',
  );
}

function ofText(name: string, code: (text: string) => Value, returns: Returns = 'string'): Builtin {
  return builtin(
    name,
    (value: Value) => {
      const text = textOf(value);
      spend(text.length >> 4);
      return code(text);
    },
    returns,
  );
}

function numbersOf(array: Value): number[] {
  const elements = arrayOf(array);
  spend(elements.length);
  return elements.map((_, index) => numberOf(elementAt(elements, index)));
}

function encodeBase64(input: Value): string {
  if (typeof input !== 'string' && !Array.isArray(input)) return mistyped(input, 'a text or an array of bytes');
  claimText(Math.ceil(input.length / 3) * 4);
  return base64(typeof input === 'string' ? input : numbersOf(input));
}

function yamlLayout(
  indentArrayInObject: Value = false,
  quoteKeys: Value = true,
): Parameters<typeof manifestYamlDoc>[1] {
  return { indentArrayInObject: booleanOf(indentArrayInObject), quoteKeys: booleanOf(quoteKeys) };
}

/** The sections may be hidden: they are read by name. */
function iniParts(ini: Value): Plain {
  if (!(ini instanceof ObjectValue)) return inside(ini);
  const main = shapeOf(ini).find('main');
  const isShown = main !== undefined && !shapeOf(ini).isHidden(main);
  return {
    ...(isShown ? { main: inside(fieldNamed(ini, 'main'), false) } : {}),
    sections: inside(fieldNamed(ini, 'sections'), false),
  };
}

function bytes(array: Uint8Array): number[] {
  return [...array];
}

/** Functions that write values as texts of other languages, read such texts, and encode. */
export const DATA: Builtins = {
  manifestJson: writes('value', manifestJson),
  manifestJsonMinified: writes('value', manifestJsonMinified),
  manifestJsonEx: writes('value indent newline? key_val_sep?', (value, indent, newline = '\n', separator = ': ') =>
    manifestJsonEx(value, { indent: textOf(indent as Value), newline: textOf(newline), separator: textOf(separator) }),
  ),
  manifestYamlDoc: writes('value indent_array_in_object? quote_keys?', (value, indent, quote) =>
    manifestYamlDoc(value, yamlLayout(indent, quote)),
  ),
  manifestYamlStream: writes(
    'value indent_array_in_object? c_document_end? quote_keys?',
    (value, indent, documentEnd, quote) =>
      manifestYamlStream(value, yamlLayout(indent, quote), booleanOf(documentEnd === undefined ? true : documentEnd)),
  ),
  manifestToml: writes('value', manifestToml),
  manifestTomlEx: writes('value indent', (value, indent) => manifestTomlEx(value, textOf(indent as Value))),
  manifestIni: builtin('ini', (ini: Value) => manifestIni(iniParts(ini)), 'string'),
  manifestPython: writes('v', manifestPython),
  manifestPythonVars: writes('conf', manifestPythonVars),
  manifestXmlJsonml: writes('value', manifestXmlJsonml),
  parseJson: ofText('str', (text) => fromPlain(parseJson(text)), undefined),
  parseYaml: ofText('str', (text) => fromPlain(parseYaml(text)), undefined),
  base64: builtin('input', encodeBase64, 'string'),
  base64Decode: ofText('str', base64Decode),
  base64DecodeBytes: ofText('str', (text) => bytes(base64DecodeBytes(text)), 'array'),
  encodeUTF8: ofText('str', (text) => bytes(encodeUtf8(text)), 'array'),
  decodeUTF8: builtin('arr', (array: Value) => decodeUtf8(bytesOf(numbersOf(array))), 'string'),
  md5: ofText('s', (text) => hash('md5', text)),
  sha1: ofText('s', (text) => hash('sha1', text)),
  sha256: ofText('s', (text) => hash('sha256', text)),
  sha512: ofText('s', (text) => hash('sha512', text)),
  sha3: ofText('s', (text) => hash('sha3', text)),
};
