import { readCertificateFiles } from '#adapters/certificates/certificate-files.js';
import type { Address } from '#adapters/http/address.js';
import { AdmissionServer } from '#adapters/http/admission-server.js';
import { NamedSecret } from '#adapters/kubernetes/named-secret.js';
import type { RestClient } from '#adapters/kubernetes/rest-client.js';
import { injectAuthorities } from '#adapters/kubernetes/webhook-authorities.js';
import type { Logger } from '#adapters/logger/logger.js';
import type { PassMetrics } from '#adapters/metrics/pass-metrics.js';
import type { Timer } from '#controller/timer.js';
import type { AdmissionRequest } from '#reconcile/admission-request.js';
import type { Engine } from '#reconcile/engine.js';
import { type Review, review, unjudged } from '#reconcile/review.js';
import { nameOf } from '../install/install-names.js';
import { SECRET, SERVICE, WEBHOOKS } from '../install/webhook-names.js';
import { CertificateWatch } from './certificate-watch.js';
import { sharedCertificate } from './shared-certificates.js';

/** How webhooks are served. */
export interface WebhookOptions {
  readonly address: Address;
  /** Folder of a certificate that somebody else makes; undefined: the engine makes its own. */
  readonly certificates: string | undefined;
  /** Where the API server reaches this process when it is no Pod behind a Service. */
  readonly url: URL | undefined;
  /** What the names of Service, Secret and webhook configuration begin with. */
  readonly name: string;
}

/** What webhooks work with. */
export interface WebhookSources {
  /** What requests are judged with now. It must not remember what only a leader may. */
  readonly engine: () => Engine;
  readonly client: RestClient;
  /** Of the engine. */
  readonly namespace: string;
  readonly timer: Timer;
  readonly logger: Logger;
  readonly metrics: PassMetrics;
  readonly defect: (error: unknown) => void;
}

/** The webhooks of a process: served by each replica, whoever leads. */
export interface Webhooks {
  /** What they lack yet, a line each. */
  readonly missing: () => readonly string[];
  /** Takes no more requests, and ends with those that are under way. */
  readonly close: () => Promise<void>;
}

/** Serves webhooks from now on, as soon as there is a certificate. Throws AddressUnavailable. */
export async function openWebhooks(options: WebhookOptions | 'off', sources: WebhookSources): Promise<Webhooks> {
  if (options === 'off') return { missing: () => [], close: async () => undefined };
  const server = await openServer(options.address, sources);
  const watch = watchCertificate(options, server, sources);
  // The API server may be away: whatever else the process does must not wait for that.
  void watch.start();
  return {
    missing: () => (server.isSecured ? [] : ['webhooks have no certificate yet']),
    close: async () => {
      await Promise.all([server.close(), watch.close()]);
    },
  };
}

function openServer(address: Address, sources: WebhookSources): Promise<AdmissionServer> {
  const { engine, defect } = sources;
  return AdmissionServer.open({
    address,
    review: (request) => review(request, engine()),
    tooSlow: (request, milliseconds) => {
      const message = `it was not judged within ${milliseconds / 1000} s`;
      const remedy = 'Try again; where it lasts, a policy or Edict is overloaded: see its metrics.';
      return unjudged(request, { code: 'EvaluationTimeout', message, location: {}, remedy }, engine());
    },
    told: (request, said, milliseconds) => tell(request, said, milliseconds, sources),
    defect,
  });
}

function watchCertificate(options: WebhookOptions, server: AdmissionServer, sources: WebhookSources): CertificateWatch {
  const { client, timer, logger, namespace } = sources;
  const { certificates } = options;
  const secret = new NamedSecret(client, namespace, nameOf(options, SECRET));
  const names = namesOf(options, namespace);
  const configuration = nameOf(options, WEBHOOKS);
  return new CertificateWatch({
    read: () =>
      certificates === undefined ? sharedCertificate(secret, names, timer) : readCertificateFiles(certificates),
    secure: (certificate) => server.secure(certificate),
    register: (authorities) => injectAuthorities(client, configuration, authorities),
    configuration,
    timer,
    logger,
  });
}

/** Names by which the API server calls this process. */
function namesOf(options: WebhookOptions, namespace: string): readonly string[] {
  const service = `${nameOf(options, SERVICE)}.${namespace}.svc`;
  const host = options.url?.hostname.replace(/^\[|\]$/g, '');
  return [service, `${service}.cluster.local`, ...(host === undefined ? [] : [host])];
}

/** Of a refusal only its codes: what is said of an object is for who asked. */
function tell(request: AdmissionRequest, said: Review, duration: number, { metrics, logger }: WebhookSources): void {
  const { operation, object, dryRun } = request;
  const { result, rule, objections } = said;
  metrics.onReview({ rule, operation, result, duration });
  const { kind, metadata } = object;
  const { namespace, name } = metadata;
  logger.log(result === 'denied' || result === 'invalid' || result === 'failed' ? 'info' : 'debug', 'reviewed', {
    rule,
    kind,
    namespace,
    name,
    operation,
    ...(dryRun ? { dryRun } : {}),
    result,
    ...(objections.length === 0 ? {} : { codes: [...new Set(objections.map(({ code }) => code))] }),
    duration: Math.round(duration) / 1000,
  });
}
