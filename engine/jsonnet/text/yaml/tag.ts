import { Buffer } from 'node:buffer';
import { decodeUtf8 } from '../utf8.js';
import type { Cursor } from './cursor.js';
import { failYaml } from './yaml-failure.js';

const WORD = /[0-9A-Za-z_-]*/y;
const HANDLE = /![0-9A-Za-z_-]*!?/y;
const URI = /(?:[0-9A-Za-z_\-;/?:@&=+$,.!~*'()[\]]|%[0-9a-fA-F]{2})*/y;

/** A tag as it is written: a handle that directives explain, and what follows it. */
export interface Tag {
  readonly handle: string;
  readonly suffix: string;
}

/** A directive at the head of a document. */
export type Directive =
  | { readonly name: 'YAML'; readonly version: string }
  | { readonly name: 'TAG'; readonly handle: string; readonly prefix: string };

/** Reads the name of an anchor or alias behind its sign. */
export function scanAnchor(cursor: Cursor): string {
  const { line } = cursor;
  cursor.skip();
  const name = cursor.take(WORD);
  if (name === '' || !(cursor.isBlankOrEnd() || '?:,]}%@`'.includes(cursor.text[cursor.position] ?? ''))) {
    failYaml('did not find expected alphabetic or numeric character', line);
  }
  return name;
}

/** Reads `!`, `!suffix`, `!handle!suffix` or `!<uri>`. */
export function scanTag(cursor: Cursor): Tag {
  const { line } = cursor;
  const tag = cursor.is('<', 1) ? scanVerbatim(cursor, line) : scanShort(cursor, line);
  if (!cursor.isBlankOrEnd()) failYaml('did not find expected whitespace or line break', line);
  return tag;
}

/** Reads a directive and the rest of its line. */
export function scanDirective(cursor: Cursor): Directive {
  const { line } = cursor;
  cursor.skip();
  const name = cursor.take(WORD);
  if (name === '') failYaml('could not find expected directive name', line);
  if (!cursor.isBlankOrEnd()) failYaml('found unexpected non-alphabetical character', line);
  const directive = scanValue(cursor, name, line);
  cursor.skipBlanks();
  cursor.skipComment();
  if (!cursor.isBreakOrEnd()) failYaml('did not find expected comment or line break', line);
  cursor.readBreak();
  return directive;
}

function scanValue(cursor: Cursor, name: string, line: number): Directive {
  cursor.skipBlanks();
  if (name === 'YAML') {
    const version = cursor.take(/[0-9]{1,2}\.[0-9]{1,2}/y);
    if (version === '') failYaml('did not find expected version number', line);
    return { name, version: version.split('.').map(Number).join('.') };
  }
  if (name !== 'TAG') return failYaml('found unknown directive name', line);
  const handle = cursor.take(HANDLE);
  if (handle === '' || !handle.endsWith('!')) failYaml("did not find expected '!'", line);
  if (!cursor.isBlank()) failYaml('did not find expected whitespace', line);
  cursor.skipBlanks();
  const prefix = scanUri(cursor, line);
  if (prefix === '') failYaml('did not find expected tag URI', line);
  if (!cursor.isBlankOrEnd()) failYaml('did not find expected whitespace or line break', line);
  return { name, handle, prefix };
}

function scanVerbatim(cursor: Cursor, line: number): Tag {
  cursor.skip(2);
  const suffix = scanUri(cursor, line);
  if (suffix === '') failYaml('did not find expected tag URI', line);
  if (!cursor.is('>')) failYaml("did not find the expected '>'", line);
  cursor.skip();
  return { handle: '', suffix };
}

function scanShort(cursor: Cursor, line: number): Tag {
  const handle = cursor.take(HANDLE);
  const rest = scanUri(cursor, line);
  if (handle.length > 1 && handle.endsWith('!')) {
    if (rest === '') failYaml('did not find expected tag URI', line);
    return { handle, suffix: rest };
  }
  const suffix = handle.slice(1) + rest;
  return suffix === '' ? { handle: '', suffix: '!' } : { handle: '!', suffix };
}

function scanUri(cursor: Cursor, line: number): string {
  const uri = cursor.take(URI);
  if (cursor.is('%')) failYaml('did not find URI escaped octet', line);
  if (!uri.includes('%')) return uri;
  return uri.replace(/(?:%[0-9a-fA-F]{2})+/g, (escaped) => {
    const text = decodeUtf8(Buffer.from(escaped.replaceAll('%', ''), 'hex'));
    return text.includes('\ufffd') ? failYaml('found an incorrect UTF-8 octet', line) : text;
  });
}
