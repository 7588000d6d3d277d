import { type InstallOptions, nameOf } from './install-names.js';

/** Names without that of the installation: of the Service that the API server calls, of the Secret with the certificate that the engine makes, and of the webhook configuration. */
export const [SERVICE, SECRET, WEBHOOKS] = [
  'webhook-service',
  'webhook-server-cert',
  'validating-webhook-configuration',
] as const;

/** Name of the Secret in which the engine keeps the certificate that it makes; undefined where it makes none. */
export function ownCertificate(options: InstallOptions): string | undefined {
  const { webhooks } = options;
  return webhooks === undefined || webhooks.secret !== undefined ? undefined : nameOf(options, SECRET);
}
