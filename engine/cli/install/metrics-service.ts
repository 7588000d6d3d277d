import type { JsonObject } from '#model/json.js';
import { type InstallOptions, metadataOf, PORTS, selectorOf } from './install-names.js';

/** The Service of the metrics. */
export function metricsService(options: InstallOptions): JsonObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: metadataOf(options, 'controller-manager-metrics-service', 'Namespaced'),
    spec: {
      ports: [{ name: 'metrics', port: PORTS.metrics, protocol: 'TCP', targetPort: 'metrics' }],
      selector: selectorOf(options),
    },
  };
}
