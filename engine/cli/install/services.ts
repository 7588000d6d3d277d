import type { JsonObject } from '#model/json.js';
import { type InstallOptions, metadataOf, PORTS, selectorOf } from './install-names.js';

/** Name of the Service that the API server calls, without the name of the installation. */
export const WEBHOOK_SERVICE = 'webhook-service';

/** Services: of the metrics, and of the webhooks where they are wanted. */
export function services(options: InstallOptions): readonly JsonObject[] {
  const metrics = service('controller-manager-metrics-service', [port('metrics', PORTS.metrics)], options);
  return options.webhooks ? [metrics, service(WEBHOOK_SERVICE, [port('webhook', 443)], options)] : [metrics];
}

function service(part: string, ports: JsonObject[], options: InstallOptions): JsonObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: metadataOf(options, part, 'Namespaced'),
    spec: { ports, selector: selectorOf(options) },
  };
}

function port(name: keyof typeof PORTS, number: number): JsonObject {
  return { name, port: number, protocol: 'TCP', targetPort: name };
}
