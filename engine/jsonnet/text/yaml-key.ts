import { isGoFloat } from './go-float.js';

const SAFE = /^[A-Za-z0-9_\-/.]+$/;
const RESERVED = /^(?:true|false|yes|no|on|off|y|n|\.nan|[-+]?\.inf|null|-|---)$/i;
const DATE = /^[0-9]*-[0-9]*-[0-9]*$/;
const BINARY = /^[-+]?0b[01_]+$/;
/** Anywhere in the key. */
const HEXADECIMAL = /0x[0-9a-fA-F_]/;
const INTEGER = /^[-+]?[0-9]+$/;
const INTEGER_LIMIT = 2n ** 63n;

/** Whether std.manifestYamlDoc leaves a key without quotes when it may. */
export function isBareKey(key: string): boolean {
  if (!SAFE.test(key) || RESERVED.test(key)) return false;
  if (DATE.test(key) || BINARY.test(key) || HEXADECIMAL.test(key)) return false;
  return !isInteger(key) && !isGoFloat(key);
}

/** Whether it is an integer of 64 bits; a larger one may still be a float. */
function isInteger(key: string): boolean {
  if (!INTEGER.test(key)) return false;
  const value = BigInt(key);
  return value >= -INTEGER_LIMIT && value < INTEGER_LIMIT;
}
