import { createHash } from 'node:crypto';
import { groupOf, type ObjectKey } from '#model/object.js';

/** Folder of what has no namespace. No namespace can have this name. */
const CLUSTER_SCOPE = '_cluster';
const LONGEST_NAME = 200;

/** `<namespace or _cluster>/<kind in lower case>[.<group>]`: the folder of the objects of a kind. */
export function kindFolder({ apiVersion, kind, namespace }: Omit<ObjectKey, 'name'>): string {
  const group = groupOf(apiVersion);
  const scope = namespace === undefined ? CLUSTER_SCOPE : encode(namespace);
  return `${scope}/${encode(group === '' ? kind.toLowerCase() : `${kind.toLowerCase()}.${group}`)}`;
}

/**
 * The file of an object, relative to the cluster's folder: its kind's folder and `<name>.yaml`. Different objects have
 * different files, on a file system that knows capitals; names that are too long for one end in a hash.
 */
export function objectPath(key: ObjectKey): string {
  return `${kindFolder(key)}/${encode(key.name)}.yaml`;
}

/** `text` as a file name: letters, digits, dots and dashes stay, every other byte becomes `%XX`. */
function encode(text: string): string {
  const encoded = Array.from(Buffer.from(text), (byte, index) => {
    const character = String.fromCharCode(byte);
    const plain = /[A-Za-z0-9-]/.test(character) || (character === '.' && index > 0);
    return plain ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }).join('');
  if (encoded.length <= LONGEST_NAME) return encoded;
  return `${encoded.slice(0, LONGEST_NAME - 17)}~${createHash('sha256').update(text).digest('hex').slice(0, 16)}`;
}
