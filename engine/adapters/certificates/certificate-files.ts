import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EdictError } from '#errors/edict-error.js';
import type { Issued } from './issue.js';

/** A certificate from files, and whom clients are to trust for it where that is told. */
export interface FiledCertificate {
  readonly serving: Issued;
  readonly authorities: string | undefined;
}

/**
 * What stands in `tls.crt` and `tls.key` of a folder, and in `ca.crt` where there is one, as a Secret of type
 * kubernetes.io/tls is mounted. Throws FileUnreadable, and CertificateInvalid, such as while they are being replaced.
 */
export async function readCertificateFiles(folder: string): Promise<FiledCertificate> {
  const [certificate, key] = [await readText(folder, 'tls.crt'), await readText(folder, 'tls.key')];
  if (!belongTogether(certificate, key))
    throw new EdictError({
      code: 'CertificateInvalid',
      message: 'tls.crt is no certificate of tls.key',
      location: { file: folder },
      remedy: 'Put a certificate and its private key there, both as PEM.',
    });
  return { serving: { certificate, key }, authorities: await readText(folder, 'ca.crt').catch(() => undefined) };
}

function belongTogether(certificate: string, key: string): boolean {
  try {
    return new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key));
  } catch {
    return false;
  }
}

async function readText(folder: string, name: string): Promise<string> {
  const file = join(folder, name);
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    const why = cause instanceof Error && 'code' in cause ? String(cause.code) : 'it cannot be read';
    throw new EdictError(
      {
        code: 'FileUnreadable',
        message: `the certificate of the webhook server cannot be read: ${why}`,
        location: { file },
        remedy: 'See that tls.crt and tls.key are in the folder of --webhook-cert-dir, and readable.',
      },
      { cause },
    );
  }
}
