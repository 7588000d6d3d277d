import { wellFormed } from './code-points.js';
import type { Plain } from './plain.js';
import { Cursor } from './yaml/cursor.js';
import { decode } from './yaml/decode.js';
import { documentsOf } from './yaml/documents.js';
import { parseNodes } from './yaml/nodes.js';
import { Scanner } from './yaml/scanner.js';

/** std.parseYaml: YAML 1.1; an array of all documents if there is a line that begins one, null if there is none. */
export function parseYaml(text: string): Plain {
  const { documents, isStream } = documentsOf(wellFormed(text));
  const values = documents.map(parseDocument);
  return isStream ? values : (values[0] ?? null);
}

function parseDocument(document: string): Plain {
  const node = parseNodes(new Scanner(new Cursor(document)));
  return node === undefined ? null : decode(node);
}
