import {
  CORE_SCHEMA,
  constructFromEvents,
  dump,
  type Event,
  intCoreTag,
  mergeTag,
  parseEvents,
  YAMLException,
} from 'js-yaml';
import { EdictError } from '#errors/edict-error.js';
import { fragmentOf } from '#errors/fault.js';
import { compareText, type Json } from './json.js';
import { formatPath, type Path, valueAt } from './path.js';
import { isEncodable } from './text.js';
import {
  expandedSize,
  isEmptyDocument,
  locateInEvents,
  type Place,
  placeAt,
  splitDocuments,
  startOf,
} from './yaml-events.js';

/** One document of a YAML or JSON text. */
export interface YamlDocument {
  readonly value: Json;
  /** 1-based line on which the document's content starts. */
  readonly line: number;
  /** Where `path` stands in the text: its key or list item, or the nearest ancestor that is written there. */
  locate(path: Path): Place;
}

/** Whose text is parsed, and how large it may be. */
export interface YamlOptions {
  /** Name of the file, for faults. */
  readonly file: string;
  /** Values a document may hold once its aliases are expanded. */
  readonly maximumNodes?: number;
  /** Levels to which a document may nest. */
  readonly maximumDepth?: number;
}

/** Nodes that a document may expand to, unless the caller says otherwise. */
const MAXIMUM_NODES = 500_000;
const MAXIMUM_DEPTH = 100;
/** Keys that would change the meaning of objects in JavaScript. No document and no output of a template may have them. */
export const FORBIDDEN_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);
/** Integers as kubectl and Helm read them: `0644` is octal, as in YAML 1.1. */
const integerTag: typeof intCoreTag = {
  ...intCoreTag,
  resolve: (source, ...rest) =>
    /^[-+]?0[0-7]+$/.test(source) ? Number.parseInt(source, 8) : intCoreTag.resolve(source, ...rest),
};
const SCHEMA = CORE_SCHEMA.withTags(mergeTag, integerTag);

/**
 * The documents of a YAML 1.2 or JSON text, without empty ones; merge keys are followed and `0644` is octal, as kubectl
 * and Helm have it. Throws YAMLInvalid (syntax, unknown tags, duplicate keys, numbers that JSON cannot hold exactly),
 * YAMLTooDeep (nesting, alias bombs) and KeyForbidden, each with its line.
 */
export function parseYaml(text: string, options: YamlOptions): readonly YamlDocument[] {
  const { file, maximumNodes = MAXIMUM_NODES, maximumDepth = MAXIMUM_DEPTH } = options;
  const events = parse(text, file, maximumDepth);
  return splitDocuments(events)
    .filter((document) => !isEmptyDocument(document))
    .map((document) => {
      const start = placeAt(text, startOf(document));
      const size = expandedSize(document, text, maximumNodes);
      if (size.nodes > maximumNodes)
        throw tooDeep(`The document expands to more than ${maximumNodes} values.`, file, start);
      if (size.depth > maximumDepth) throw tooDeep('The document nests too deep.', file, start);
      const value = construct(document, text, file);
      const locate = (path: Path): Place => locateInEvents(document, text, path);
      assertJson(value, file, locate);
      return { value: value as Json, line: start.line, locate };
    });
}

/** The only document of a text. Throws what `parseYaml` throws, and YAMLInvalid unless there is exactly one. */
export function parseYamlDocument(text: string, options: YamlOptions): YamlDocument {
  const [first, second] = parseYaml(text, options);
  if (first !== undefined && second === undefined) return first;
  throw new EdictError({
    code: 'YAMLInvalid',
    message: first === undefined ? 'The file is empty.' : 'The file holds more than one document.',
    location: { file: options.file, line: second?.line ?? 1 },
    remedy: 'Write exactly one document.',
  });
}

/**
 * YAML text of `value`: keys sorted, one line per scalar, no aliases, and quotes around whatever a YAML 1.1 reader
 * such as Helm or kubectl would take for something else. Equal values give equal text.
 */
export function dumpYaml(value: Json): string {
  return dump(value, { sortKeys: compareText, lineWidth: -1, noRefs: true });
}

/** Several documents in one text, each after a `---` but the first. */
export function dumpYamlDocuments(values: readonly Json[]): string {
  return values.map(dumpYaml).join('---\n');
}

function parse(text: string, file: string, maxDepth: number): readonly Event[] {
  try {
    return parseEvents(text, { filename: file, maxDepth });
  } catch (error) {
    throw invalid(error, text, file);
  }
}

function construct(document: readonly Event[], text: string, file: string): unknown {
  try {
    return constructFromEvents([...document], { source: text, filename: file, schema: SCHEMA })[0];
  } catch (error) {
    throw invalid(error, text, file);
  }
}

function invalid(error: unknown, text: string, file: string): EdictError {
  const mark = error instanceof YAMLException ? error.mark : undefined;
  const reason = error instanceof YAMLException ? error.reason : String(error);
  const place = mark === undefined ? undefined : lastWritten(text, { line: mark.line + 1, column: mark.column + 1 });
  if (error instanceof RangeError || /nesting exceeded|maxDepth/.test(reason)) {
    return tooDeep('The document nests too deep.', file, place ?? { line: 1, column: 1 });
  }
  const fragment = place === undefined ? undefined : fragmentOf(text.split(/\r\n|[\r\n]/)[place.line - 1] ?? '');
  return new EdictError(
    {
      code: 'YAMLInvalid',
      message: `Not valid YAML: ${reason}.`,
      location: { file, ...place },
      ...(fragment === undefined ? {} : { fragment }),
      remedy: 'Correct the text at this line.',
    },
    { cause: error },
  );
}

/** Where text stands, at `place` or before it: what is missing at the end of a text is told of its last line. */
function lastWritten(text: string, { line, column }: Place): Place {
  const lines = text.split(/\r\n|[\r\n]/);
  if ((lines[line - 1] ?? '').trim() !== '') return { line, column };
  const last = lines.slice(0, line).findLastIndex((each) => each.trim() !== '');
  return last === -1 ? { line, column } : { line: last + 1, column: (lines[last] ?? '').trimEnd().length + 1 };
}

function tooDeep(message: string, file: string, place: Place): EdictError {
  return new EdictError({
    code: 'YAMLTooDeep',
    message,
    location: { file, ...place },
    remedy: 'Write fewer levels, and fewer aliases of aliases.',
  });
}

/** Refuses what is YAML but would not survive as JSON, or would change the meaning of objects. */
function assertJson(value: unknown, file: string, locate: (path: Path) => Place): void {
  const path = findForbidden(value)?.reverse();
  if (path === undefined) return;
  const location = { file, ...locate(path), path: formatPath(path) };
  const key = path.at(-1);
  if (typeof key === 'string' && FORBIDDEN_KEYS.has(key)) {
    throw new EdictError({
      code: 'KeyForbidden',
      message: `The key ${key} is not allowed in any object.`,
      location,
      fragment: key,
      remedy: 'Give the field another name.',
    });
  }
  const bad = valueAt(value as Json, path);
  const isText = typeof bad !== 'number';
  throw new EdictError({
    code: 'YAMLInvalid',
    message: isText
      ? 'The text holds half a character, which UTF-8 cannot write.'
      : 'The number cannot be held exactly.',
    location,
    fragment: fragmentOf(isText ? JSON.stringify(bad ?? key) : String(bad)),
    remedy: isText
      ? 'Write both halves of the surrogate pair, or the character itself.'
      : 'Write it as a quoted string.',
  });
}

/** Path of the first forbidden key, inexact number or text that is none, last segment first. */
function findForbidden(value: unknown): (string | number)[] | undefined {
  if (typeof value === 'number') return isExact(value) ? undefined : [];
  if (typeof value === 'string') return isEncodable(value) ? undefined : [];
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [key, child] of Object.entries(value)) {
    const path = FORBIDDEN_KEYS.has(key) || !isEncodable(key) ? [] : findForbidden(child);
    if (path === undefined) continue;
    path.push(Array.isArray(value) ? Number(key) : key);
    return path;
  }
  return undefined;
}

function isExact(value: number): boolean {
  return Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value));
}
