import { createHash, createHmac } from 'node:crypto';
import { type Builtin, type Builtins, textAt } from './builtin.js';

function digest(algorithm: string): Builtin {
  return (operands) => createHash(algorithm).update(textAt(operands, 0)).digest('hex');
}

function keyedDigest(algorithm: string): Builtin {
  return (operands) => createHmac(algorithm, textAt(operands, 1)).update(textAt(operands, 0)).digest('hex');
}

/** @see v1/topdown/crypto.go of OPA 1.22 */
export const cryptoBuiltins: Builtins = {
  'crypto.md5': digest('md5'),
  'crypto.sha1': digest('sha1'),
  'crypto.sha256': digest('sha256'),
  'crypto.hmac.md5': keyedDigest('md5'),
  'crypto.hmac.sha1': keyedDigest('sha1'),
  'crypto.hmac.sha256': keyedDigest('sha256'),
  'crypto.hmac.sha512': keyedDigest('sha512'),
  // A policy has no secret whose comparison could be timed.
  'crypto.hmac.equal': (operands) => textAt(operands, 0) === textAt(operands, 1),
};
