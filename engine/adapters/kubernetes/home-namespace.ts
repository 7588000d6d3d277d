import { ApiError } from './api-error.js';
import type { RestClient } from './rest-client.js';

const PATH = '/api/v1/namespaces';

/**
 * Makes a namespace that is not there. Who may not look, or may not make one, is told by the first write that needs it.
 * Throws ApiError where there is no answer.
 */
export async function ensureNamespace(client: RestClient, name: string): Promise<void> {
  try {
    await unlessRefused(
      client.request({ method: 'GET', path: `${PATH}/${name}`, verb: 'get', resource: 'namespaces' }),
    );
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 404) throw error;
    const body = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
    await unlessRefused(client.request({ method: 'POST', path: PATH, body, verb: 'create', resource: 'namespaces' }));
  }
}

/** 403: it is not ours to look or to make; 409: somebody else was faster. */
async function unlessRefused(request: Promise<unknown>): Promise<void> {
  await request.catch((error: unknown) => {
    if (!(error instanceof ApiError) || (error.status !== 403 && error.status !== 409)) throw error;
  });
}
