import { EVENT_ID, type Event, getScalarValue, SCALAR_STYLE, type ScalarEvent } from 'js-yaml';
import type { Path } from './path.js';

/** A place in a text, 1-based. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** The place of the character at `offset`. */
export function placeAt(text: string, offset: number): Place {
  let line = 1;
  let lineStart = 0;
  for (let end = text.indexOf('\n'); end >= 0 && end < offset; end = text.indexOf('\n', lineStart)) {
    line++;
    lineStart = end + 1;
  }
  return { line, column: offset - lineStart + 1 };
}

/** The events of each document of a stream. */
export function splitDocuments(events: readonly Event[]): readonly (readonly Event[])[] {
  const starts = events.flatMap((event, index) => (event.type === EVENT_ID.DOCUMENT ? [index] : []));
  return starts.map((start, index) => events.slice(start, starts[index + 1]));
}

/** Whether a document has no content at all, not even a written null. */
export function isEmptyDocument(document: readonly Event[]): boolean {
  const root = document[1];
  return root === undefined || root.type === EVENT_ID.POP || (root.type === EVENT_ID.SCALAR && root.valueStart < 0);
}

/** Offset at which the content of a document starts. */
export function startOf(document: readonly Event[]): number {
  return offsetOf(document[1]);
}

/** What a document is once its aliases are expanded. */
export interface Size {
  readonly nodes: number;
  /** Levels of nesting. */
  readonly depth: number;
}

/**
 * Measures a document with its aliases expanded, up to a little over `maximum` nodes; an alias inside its own anchor is
 * infinite. The parser shares what an alias names, so a bomb of a few lines costs nothing until something walks it.
 */
export function expandedSize(document: readonly Event[], text: string, maximum: number): Size {
  const anchors = new Map<string, Size>();
  const open: { anchor: string | undefined; before: number; deepest: number }[] = [];
  let nodes = 0;
  let deepest = 0;
  const add = (size: Size): void => {
    nodes += size.nodes;
    const depth = open.length + size.depth;
    const parent = open.at(-1);
    if (parent === undefined) deepest = Math.max(deepest, depth);
    else parent.deepest = Math.max(parent.deepest, depth);
  };
  for (const event of document) {
    if (nodes > maximum) break;
    if (event.type === EVENT_ID.DOCUMENT) continue;
    if (event.type === EVENT_ID.ALIAS) {
      add(anchors.get(text.slice(event.anchorStart, event.anchorEnd)) ?? { nodes: 1, depth: 1 });
    } else if (event.type === EVENT_ID.POP) {
      const closed = open.pop();
      if (closed === undefined) continue;
      const size = { nodes: nodes - closed.before, depth: closed.deepest - open.length };
      if (closed.anchor !== undefined) anchors.set(closed.anchor, size);
      add({ nodes: 0, depth: size.depth });
    } else {
      const anchor = anchorOf(event, text);
      const leaf = event.type === EVENT_ID.SCALAR;
      if (anchor !== undefined) anchors.set(anchor, leaf ? { nodes: 1, depth: 1 } : INFINITE);
      if (leaf) add({ nodes: 1, depth: 1 });
      else open.push({ anchor, before: nodes++, deepest: open.length + 1 });
    }
  }
  return { nodes, depth: deepest };
}

const INFINITE: Size = { nodes: Number.POSITIVE_INFINITY, depth: Number.POSITIVE_INFINITY };

/** The place of `path` in a document, or of its nearest ancestor that is written in it. */
export function locateInEvents(document: readonly Event[], text: string, path: Path): Place {
  let node = 1;
  let offset = startOf(document);
  for (const segment of path) {
    const child = childOf(document, text, node, segment);
    if (child === undefined) break;
    node = child.value;
    offset = offsetOf(document[child.named]);
  }
  return placeAt(text, Math.max(offset, 0));
}

interface Child {
  /** Index of the event that names the child: its key, or the item itself. */
  readonly named: number;
  readonly value: number;
}

function childOf(events: readonly Event[], text: string, parent: number, segment: string | number): Child | undefined {
  const type = events[parent]?.type;
  if (type !== EVENT_ID.MAPPING && type !== EVENT_ID.SEQUENCE) return undefined;
  let position = 0;
  for (let index = parent + 1; events[index] !== undefined && events[index]?.type !== EVENT_ID.POP; position++) {
    if (type === EVENT_ID.SEQUENCE) {
      if (position === segment) return { named: index, value: index };
      index = after(events, index);
    } else {
      const value = after(events, index);
      const key = events[index];
      if (key?.type === EVENT_ID.SCALAR && scalarText(text, key) === String(segment)) return { named: index, value };
      index = after(events, value);
    }
  }
  return undefined;
}

/** Index of the event after the node that starts at `index`. */
function after(events: readonly Event[], index: number): number {
  let depth = 0;
  for (let current = index; current < events.length; current++) {
    const type = events[current]?.type;
    if (type === EVENT_ID.MAPPING || type === EVENT_ID.SEQUENCE) depth++;
    else if (type === EVENT_ID.POP) depth--;
    if (depth <= 0) return current + 1;
  }
  return events.length;
}

function scalarText(text: string, event: ScalarEvent): string {
  return event.valueStart < 0 ? '' : getScalarValue(text, event);
}

function offsetOf(event: Event | undefined): number {
  if (event === undefined) return 0;
  if (event.type === EVENT_ID.MAPPING || event.type === EVENT_ID.SEQUENCE) return event.start;
  if (event.type === EVENT_ID.ALIAS) return event.anchorStart - 1;
  if (event.type !== EVENT_ID.SCALAR) return 0;
  const quoted = event.style === SCALAR_STYLE.SINGLE_QUOTED || event.style === SCALAR_STYLE.DOUBLE_QUOTED;
  return quoted ? event.valueStart - 1 : event.valueStart;
}

function anchorOf(event: Event, text: string): string | undefined {
  if (!('anchorStart' in event) || event.anchorStart < 0) return undefined;
  return text.slice(event.anchorStart, event.anchorEnd);
}
