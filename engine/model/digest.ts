import { hash } from 'node:crypto';
import { canonicalJson, type Json } from './json.js';

/** SHA-256 of a text, in hexadecimal. */
export function digestOf(text: string): string {
  return hash('sha256', text);
}

/** SHA-256 of a JSON value, whatever the order of its keys. */
export function digestOfJson(value: Json | undefined): string {
  return digestOf(canonicalJson(value));
}
