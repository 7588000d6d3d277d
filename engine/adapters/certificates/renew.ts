import { createPrivateKey, randomBytes, X509Certificate } from 'node:crypto';
import { parseAddress } from '#catalog/schema/ip-address.js';
import type { Issued } from './issue.js';

/** What replicas of the engine share, so that the API server trusts each of them. */
export interface KeptCertificates {
  /** Whom clients trust: the present authority, then those before it that may still have signed something. PEM. */
  readonly authorities: string;
  readonly authorityKey: string;
  readonly serving: Issued;
}

const DAY = 24 * 60 * 60 * 1000;
/** Milliseconds for which they hold. Of either, the last third is left for the renewal to succeed. */
const [AUTHORITY, SERVING] = [3650 * DAY, 365 * DAY];
const LAST_PART = 1 / 3;
/** Clocks of others may be behind. */
const EARLIER = 5 * 60 * 1000;

/**
 * Certificates for a server that is reached by all of `names`: those that are kept where they are good for a while yet,
 * else new ones, by the same authority if that is good. `kept` itself where nothing had to be made.
 */
export async function renewed(
  kept: KeptCertificates | undefined,
  names: readonly string[],
  now: number,
): Promise<KeptCertificates> {
  const known = goodAuthority(kept, now);
  if (known !== undefined && kept !== undefined && isGoodServing(kept.serving, names, { authority: known, now }))
    return kept;
  // What writes certificates is loaded where one is to be written: hardly any start needs it.
  const { issueAuthority, issueServing } = await import('./issue.js');
  const authority = known ?? (await issueAuthority(newName(), validity(now, AUTHORITY)));
  const authorities = known === undefined ? [authority.certificate, ...stillTrusted(kept, now)].join('') : undefined;
  // Names that another replica asked for stay: two of them must not take turns.
  const all = [...new Set([...names, ...namesOf(kept?.serving.certificate)])];
  return {
    authorities: authorities ?? kept?.authorities ?? authority.certificate,
    authorityKey: authority.key,
    serving: await issueServing(all, validity(now, SERVING), authority),
  };
}

/** No two authorities have one name: a client looks for the one that signed by that. */
function newName(): string {
  return `edict-webhook-ca-${randomBytes(6).toString('hex')}`;
}

function validity(now: number, milliseconds: number): { readonly from: number; readonly until: number } {
  return { from: now - EARLIER, until: now + milliseconds };
}

function goodAuthority(kept: KeptCertificates | undefined, now: number): Issued | undefined {
  const [certificate] = blocksOf(kept?.authorities ?? '');
  if (kept === undefined || certificate === undefined) return undefined;
  const authority = { certificate, key: kept.authorityKey };
  const read = readPair(authority);
  return read?.ca === true && isFresh(read, now) ? authority : undefined;
}

function isGoodServing(
  serving: Issued,
  names: readonly string[],
  { authority, now }: { readonly authority: Issued; readonly now: number },
): boolean {
  const read = readPair(serving);
  if (read === undefined || !isFresh(read, now)) return false;
  const isNamed = names.every((name) =>
    parseAddress(name) === undefined ? read.checkHost(name) !== undefined : read.checkIP(name) !== undefined,
  );
  return isNamed && read.verify(new X509Certificate(authority.certificate).publicKey);
}

/** A certificate with the key that belongs to it; undefined where either is something else. */
function readPair({ certificate, key }: Issued): X509Certificate | undefined {
  try {
    const read = new X509Certificate(certificate);
    return read.checkPrivateKey(createPrivateKey(key)) ? read : undefined;
  } catch {
    return undefined;
  }
}

function isFresh({ validFrom, validTo }: X509Certificate, now: number): boolean {
  const [from, until] = [Date.parse(validFrom), Date.parse(validTo)];
  return until - now > (until - from) * LAST_PART;
}

/** Authorities of before that have not expired: what they signed is shown until every replica has what is new. */
function stillTrusted(kept: KeptCertificates | undefined, now: number): readonly string[] {
  return blocksOf(kept?.authorities ?? '')
    .filter((block) => {
      try {
        return Date.parse(new X509Certificate(block).validTo) > now;
      } catch {
        return false;
      }
    })
    .slice(0, 2);
}

function namesOf(certificate: string | undefined): readonly string[] {
  if (certificate === undefined) return [];
  try {
    const { subjectAltName = '' } = new X509Certificate(certificate);
    return [...subjectAltName.matchAll(/(?:DNS|IP Address):([^,\s]+)/g)].map(([, name = '']) => name);
  } catch {
    return [];
  }
}

function blocksOf(text: string): readonly string[] {
  return (text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []).map((block) => `${block}\n`);
}
