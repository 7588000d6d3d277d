import { fail } from '../failure.js';
import { sortedKeys } from './code-points.js';
import { isPlainArray, isPlainObject, type Plain, typeName } from './plain.js';
import { toText } from './to-text.js';

/** std.manifestIni: the lines of `main`, if there, then those of each of `sections`. */
export function manifestIni(ini: Plain): string {
  if (!isPlainObject(ini)) return fail(`Unexpected type ${typeName(ini)}, expected object`);
  const main = Object.hasOwn(ini, 'main') ? bodyLines(ini.main as Plain) : [];
  if (!Object.hasOwn(ini, 'sections')) return fail('Field does not exist: sections');
  const sections = ini.sections as Plain;
  if (!isPlainObject(sections)) return fail(`Unexpected type ${typeName(sections)}, expected object`);
  const lines = sortedKeys(sections).flatMap((name) => [`[${name}]`, ...bodyLines(sections[name] as Plain)]);
  return [...main, ...lines, ''].join('\n');
}

function bodyLines(body: Plain): readonly string[] {
  if (!isPlainObject(body)) return fail(`Unexpected type ${typeName(body)}, expected object`);
  return sortedKeys(body).flatMap((key) => {
    const value = body[key] as Plain;
    const values = isPlainArray(value) ? value : [value];
    return values.map((each) => `${key} = ${toText(each)}`);
  });
}
