import type { JsonObject } from '#model/json.js';
import { type InstallOptions, metadataOf, PORTS, selectorOf } from './install-names.js';
import { SERVICE } from './webhook-names.js';

/** The Service of the metrics. */
export function metricsService(options: InstallOptions): JsonObject {
  return service('controller-manager-metrics-service', { name: 'metrics', port: PORTS.metrics }, options);
}

/** The Service that the API server calls. */
export function webhookService(options: InstallOptions): JsonObject {
  return service(SERVICE, { name: 'webhook', port: 443 }, options);
}

function service(
  part: string,
  { name, port }: { readonly name: keyof typeof PORTS; readonly port: number },
  options: InstallOptions,
): JsonObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: metadataOf(options, part, 'Namespaced'),
    spec: { ports: [{ name, port, protocol: 'TCP', targetPort: name }], selector: selectorOf(options) },
  };
}
