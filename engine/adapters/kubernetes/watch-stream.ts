import type { Readable } from 'node:stream';
import { isJsonObject, type JsonObject } from '#model/json.js';
import { ApiError, statusError, unreachable } from './api-error.js';
import { LineSplitter } from './line-splitter.js';
import { parseJson } from './parse-json.js';

/** One event of a watch (Kubernetes API concepts: efficient detection of changes). */
export interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK';
  readonly object: JsonObject;
}

/** How a watch is read. */
export interface WatchReading {
  readonly onEvent: (event: WatchEvent) => void;
  /** Milliseconds without a byte after which the connection counts as dead: bookmarks come every minute. */
  readonly silence: number;
  readonly signal: AbortSignal;
}

const TYPES: ReadonlySet<unknown> = new Set(['ADDED', 'MODIFIED', 'DELETED', 'BOOKMARK']);

/**
 * Reads a watch to its end. Throws ApiError for what the server says in an ERROR event, for a stream that breaks off,
 * falls silent or holds something else than events; what came before that was told.
 */
export function readWatch(body: Readable, { onEvent, silence, signal }: WatchReading): Promise<void> {
  const splitter = new LineSplitter();
  return new Promise((resolve, reject) => {
    const fail = (error: unknown): void => {
      reject(error);
      body.destroy();
    };
    const timer = setTimeout(() => fail(unreachable(new Error('the watch fell silent'))), silence);
    const abort = (): void => fail(signal.reason);
    signal.addEventListener('abort', abort);
    body.on('data', (chunk: Buffer) => {
      timer.refresh();
      try {
        splitter.push(chunk, (line) => onEvent(parseEvent(line)));
      } catch (error) {
        fail(error instanceof RangeError ? garbage() : error);
      }
    });
    body.on('error', (error) => fail(unreachable(error)));
    body.on('end', resolve);
    body.on('close', () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
      reject(unreachable(new Error('the watch broke off')));
    });
    if (signal.aborted) abort();
  });
}

function parseEvent(line: string): WatchEvent {
  const value = parseJson(line);
  const { type, object } = isJsonObject(value) ? value : {};
  if (type === 'ERROR') throw statusError(isJsonObject(object) ? object : {}, 0);
  if (!TYPES.has(type) || !isJsonObject(object) || !isJsonObject(object.metadata)) throw garbage();
  return { type: type as WatchEvent['type'], object };
}

function garbage(): ApiError {
  return new ApiError({ reason: 'Garbage', message: 'the watch holds something else than events' });
}
