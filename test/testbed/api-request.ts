import { type RequestOptions, request } from 'node:https';

/** One request to the API server, as its admin where no token is given. */
export interface ApiRequest {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly token?: string;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** What kind of PATCH it is, for example; JSON where absent. */
  readonly contentType?: string;
}

/** What the API server answered. */
export interface ApiAnswer {
  readonly status: number;
  readonly text: string;
}

/** A content type that makes of a PATCH a server-side apply. */
export const APPLY = 'application/apply-patch+yaml';

const MILLISECONDS_TO_ANSWER = 30_000;

/** Sends one request; rejects only where there is no answer. */
export async function askApi(
  url: string,
  authority: string,
  { method = 'GET', token, body, contentType = 'application/json' }: ApiRequest,
): Promise<ApiAnswer> {
  const headers: Record<string, string> = { authorization: `Bearer ${token}` };
  const text = body === undefined ? '' : JSON.stringify(body);
  // Node gives the body of a DELETE no length by itself.
  if (text !== '') Object.assign(headers, { 'content-type': contentType, 'content-length': Buffer.byteLength(text) });
  const options: RequestOptions = { method, headers, ca: authority, timeout: MILLISECONDS_TO_ANSWER };
  return new Promise((resolve, reject) => {
    const sent = request(url, options, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(chunks).toString() }));
      answer.on('error', reject);
    });
    sent.on('timeout', () => sent.destroy(new Error(`${method} ${url} was not answered`)));
    sent.on('error', reject);
    sent.end(text);
  });
}
