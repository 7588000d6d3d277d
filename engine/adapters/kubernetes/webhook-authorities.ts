import { isJsonObject, type JsonObject } from '#model/json.js';
import { ApiError } from './api-error.js';
import { faultOf } from './fault-of.js';
import type { RestClient } from './rest-client.js';

const RESOURCE = 'validatingwebhookconfigurations.admissionregistration.k8s.io';
const FOLDER = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations';
/** On what cert-manager does this itself. */
const INJECTED_BY_OTHERS = 'cert-manager.io/inject-ca-from';

/**
 * Has the API server trust these authorities (PEM) when it calls the webhooks of a configuration. Gives whether there is
 * such a configuration, and whether it had to be changed. Errors: ClusterForbidden, ClusterUnavailable, ObjectConflict.
 */
export async function injectAuthorities(
  client: RestClient,
  name: string,
  authorities: string,
): Promise<'absent' | 'unchanged' | 'changed'> {
  const path = `${FOLDER}/${encodeURIComponent(name)}`;
  const configuration = await read(client, name, path);
  if (configuration === undefined) return 'absent';
  const { annotations, resourceVersion } = isJsonObject(configuration.metadata) ? configuration.metadata : {};
  if (isJsonObject(annotations) && Object.keys(annotations).some((key) => key.startsWith(INJECTED_BY_OTHERS)))
    return 'unchanged';
  const caBundle = Buffer.from(authorities).toString('base64');
  const webhooks = Array.isArray(configuration.webhooks) ? configuration.webhooks.filter(isJsonObject) : [];
  const outdated = webhooks.filter(
    ({ clientConfig }) => !isJsonObject(clientConfig) || clientConfig.caBundle !== caBundle,
  );
  if (outdated.length === 0) return 'unchanged';
  // Webhooks are merged by their names; the version keeps one from coming back that was removed meanwhile.
  const body = {
    metadata: { resourceVersion: resourceVersion ?? null },
    webhooks: outdated.map((webhook) => ({ name: webhook.name, clientConfig: { caBundle } })),
  };
  const contentType = 'application/strategic-merge-patch+json';
  try {
    await client.request({ method: 'PATCH', path, contentType, body, verb: 'patch', resource: RESOURCE });
    return 'changed';
  } catch (error) {
    throw faulted(error, name, 'patch');
  }
}

async function read(client: RestClient, name: string, path: string): Promise<JsonObject | undefined> {
  try {
    return (await client.request({ method: 'GET', path, verb: 'get', resource: RESOURCE })).body;
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return undefined;
    throw faulted(error, name, 'get');
  }
}

function faulted(error: unknown, name: string, verb: string): unknown {
  const key = { apiVersion: 'admissionregistration.k8s.io/v1', kind: 'ValidatingWebhookConfiguration', name };
  return faultOf(error, { key, verb, resource: 'validatingwebhookconfigurations' });
}
