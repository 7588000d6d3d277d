import type { FiledCertificate } from '#adapters/certificates/certificate-files.js';
import { type KeptCertificates, renewed } from '#adapters/certificates/renew.js';
import type { NamedSecret, SecretContent } from '#adapters/kubernetes/named-secret.js';
import type { Clock } from '#model/clock.js';

/** Where they are in the Secret: as cert-manager has them, and the key of the authority besides. */
const KEYS = { authorities: 'ca.crt', authorityKey: 'ca.key', certificate: 'tls.crt', key: 'tls.key' } as const;

/**
 * The certificate that the replicas share in a Secret: whoever finds that there is none, or that it will not hold for
 * long, puts a new one there. Throws what the Secret throws; ObjectConflict: another replica was faster.
 */
export async function sharedCertificate(
  secret: NamedSecret,
  names: readonly string[],
  clock: Clock,
): Promise<FiledCertificate> {
  const content = await secret.read();
  const kept = keptIn(content);
  const now = await renewed(kept, names, clock.now());
  if (now !== kept) await secret.write(textsOf(now), content.version);
  return { serving: now.serving, authorities: now.authorities };
}

function keptIn({ data }: SecretContent): KeptCertificates | undefined {
  const [authorities, authorityKey, certificate, key] = Object.values(KEYS).map((name) => data.get(name));
  if (authorities === undefined || authorityKey === undefined || certificate === undefined || key === undefined)
    return undefined;
  return { authorities, authorityKey, serving: { certificate, key } };
}

function textsOf({ authorities, authorityKey, serving }: KeptCertificates): ReadonlyMap<string, string> {
  return new Map([
    [KEYS.authorities, authorities],
    [KEYS.authorityKey, authorityKey],
    [KEYS.certificate, serving.certificate],
    [KEYS.key, serving.key],
  ]);
}
