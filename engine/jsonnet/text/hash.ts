import { createHash } from 'node:crypto';

/** The names of the hashes of std, and what they are called elsewhere. */
const ALGORITHMS = { md5: 'md5', sha1: 'sha1', sha256: 'sha256', sha512: 'sha512', sha3: 'sha3-512' } as const;

/** std.md5 and its like: hexadecimal, over UTF-8. */
export function hash(name: keyof typeof ALGORITHMS, text: string): string {
  return createHash(ALGORITHMS[name]).update(text, 'utf8').digest('hex');
}
