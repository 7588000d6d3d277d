import { wellFormed } from './code-points.js';

const SPECIAL = /["\\\u0000-\u001f\u007f-\u009f\ud800-\udfff]/;
const ESCAPED = /["\\\u0000-\u001f\u007f-\u009f]/g;
const STRICT_SPECIAL = /["\\\u0000-\u001f\u2028\u2029\ud800-\udfff]/;
const STRICT_ESCAPED = /["\\\u0000-\u001f\u2028\u2029]/g;

const SHORT: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
};

const ENTITIES: Readonly<Record<string, string>> = {
  '<': '&lt;',
  '>': '&gt;',
  '&': '&amp;',
  '"': '&quot;',
  "'": '&apos;',
};

/** A JSON string as Jsonnet prints it: control characters up to U+009F are escaped, nothing else needlessly. */
export function escapeStringJson(text: string): string {
  return SPECIAL.test(text) ? `"${wellFormed(text).replace(ESCAPED, escapeCharacter)}"` : `"${text}"`;
}

/** A JSON string as std.manifestJsonEx prints it: line separators are escaped, DEL and what follows it are not. */
export function escapeStringJsonStrictly(text: string): string {
  return STRICT_SPECIAL.test(text) ? `"${wellFormed(text).replace(STRICT_ESCAPED, escapeCharacter)}"` : `"${text}"`;
}

/** std.escapeStringPython. */
export function escapeStringPython(text: string): string {
  return escapeStringJson(text);
}

/** std.escapeStringBash: in single quotes. */
export function escapeStringBash(text: string): string {
  return `'${text.replaceAll("'", `'"'"'`)}'`;
}

/** std.escapeStringDollars: every dollar twice. */
export function escapeStringDollars(text: string): string {
  return text.replaceAll('$', '$$$$');
}

/** std.escapeStringXML. */
export function escapeStringXml(text: string): string {
  return text.replace(/[<>&"']/g, (character) => ENTITIES[character] ?? character);
}

function escapeCharacter(character: string): string {
  return SHORT[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
