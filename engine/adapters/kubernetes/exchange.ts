import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';

/** What bounds an exchange. */
export interface ExchangeLimits {
  /** Milliseconds. */
  readonly timeout: number;
  readonly signal?: AbortSignal | undefined;
}

/** An answer that was read to its end, of any status. */
export interface WholeAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** The beginning of an answer, whose body is yet to come. */
export interface OpenAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Readable;
}

/**
 * Sends a request and reads the whole answer, all of it within the time limit. Rejects with the cause where there is none or
 * only half of one, and with the reason of the signal where it is aborted.
 */
export function exchange(
  dispatcher: Dispatcher,
  request: Dispatcher.DispatchOptions,
  { timeout, signal }: ExchangeLimits,
): Promise<WholeAnswer> {
  return new Promise((resolve, reject) => {
    const handler = new WholeAnswerHandler((outcome) => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
      if (outcome instanceof WholeAnswerHandler) resolve(outcome);
      else reject(outcome.cause);
    });
    const abort = (): void => handler.stop(signal?.reason);
    const timer = setTimeout(() => handler.stop(noAnswer(timeout)), timeout);
    signal?.addEventListener('abort', abort);
    dispatcher.dispatch(request, handler);
    if (signal?.aborted === true) abort();
  });
}

/** Sends a request and gives the answer when it begins; only that is bound by the time limit. Rejects as `exchange` does. */
export async function openExchange(
  dispatcher: Dispatcher,
  request: Dispatcher.DispatchOptions,
  { timeout, signal }: ExchangeLimits,
): Promise<OpenAnswer> {
  const abort = new AbortController();
  const stop = (): void => abort.abort(signal?.reason);
  const timer = setTimeout(() => abort.abort(noAnswer(timeout)), timeout);
  signal?.addEventListener('abort', stop);
  try {
    // Before there is a connection the library looks at no signal.
    const stopped = new Promise<never>((_, reject) =>
      abort.signal.addEventListener('abort', () => reject(abort.signal.reason)),
    );
    if (signal?.aborted === true) stop();
    const sent = dispatcher.request({ ...request, bodyTimeout: 0, signal: abort.signal } as Dispatcher.RequestOptions);
    const { statusCode, headers, body } = await Promise.race([sent, stopped]);
    return { status: statusCode, headers, body };
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', stop);
  }
}

/** Collects an answer, and tells once how it ended: with itself or with why there is none. */
class WholeAnswerHandler implements Dispatcher.DispatchHandler, WholeAnswer {
  status = 0;
  headers: IncomingHttpHeaders = {};
  text = '';
  readonly #chunks: Buffer[] = [];
  readonly #onEnd: (outcome: WholeAnswerHandler | { readonly cause: unknown }) => void;
  #controller: Dispatcher.DispatchController | undefined;
  #stopped: { readonly cause: unknown } | undefined;

  constructor(onEnd: (outcome: WholeAnswerHandler | { readonly cause: unknown }) => void) {
    this.#onEnd = onEnd;
  }

  /** Gives up, also where the request still waits for a connection. */
  stop(cause: unknown): void {
    if (this.#stopped !== undefined) return;
    this.#stopped = { cause };
    this.#controller?.abort(cause as Error);
    this.#onEnd(this.#stopped);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#stopped !== undefined) controller.abort(this.#stopped.cause as Error);
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    this.status = status;
    this.headers = headers;
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    if (this.#stopped !== undefined) return;
    const [first] = this.#chunks;
    this.text = (this.#chunks.length === 1 && first !== undefined ? first : Buffer.concat(this.#chunks)).toString();
    this.#onEnd(this);
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    this.stop(error);
  }
}

const noAnswer = (timeout: number): Error => new Error(`no answer within ${timeout} ms`);
