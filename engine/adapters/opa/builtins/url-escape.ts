import { quoteAsGo } from '../rego-text.js';
import { textOfBytes } from './encoding.js';

/** A part of a URL: each has its own characters that need no escape. */
export type UrlPart = 'path' | 'host' | 'zone' | 'user' | 'fragment';

/** Why a text is no URL, in the words of Go's package net/url. */
export class UrlError extends Error {}

/** Bytes that stand only as an escape. Texts of bytes have a character for each byte. */
const ESCAPED: Readonly<Record<UrlPart, RegExp>> = {
  path: /[^A-Za-z0-9\-_.~$&+,/:;=@]/g,
  host: /[^A-Za-z0-9\-_.~!$&'()*+,;=:[\]<>"]/g,
  zone: /[^A-Za-z0-9\-_.~!$&'()*+,;=:[\]<>"]/g,
  user: /[^A-Za-z0-9\-_.~$&+,;=]/g,
  fragment: /[^A-Za-z0-9\-_.~$&+,/:;=?@!()*]/g,
};
/** What Go keeps as it was written, in paths and fragments. */
const KEPT: Readonly<Record<'path' | 'fragment', RegExp>> = {
  path: /^[A-Za-z0-9\-_.~$&+,/:;=@!'()*[\]%]*$/,
  fragment: /^[A-Za-z0-9\-_.~$&+,/:;=?@!()*'[\]%]*$/,
};
/** What a host can hold only as an escape, or not at all; what is no ASCII is left alone. */
const NOT_IN_HOST = /[^A-Za-z0-9\-_.~!$&'()*+,;=:[\]<>"\x80-\xff]/g;
const ESCAPE = /^%[\dA-Fa-f]{2}/;

/** The bytes of a text in UTF-8, a character for each. */
export function bytesOf(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

/** The text of bytes. */
export function textOf(bytes: string): string {
  return textOfBytes(Buffer.from(bytes, 'latin1'));
}

/** A literal of bytes as it stands in Go's messages. */
export function quoteBytes(bytes: string): string {
  return quoteAsGo(textOf(bytes));
}

/** Go's `escape` of package net/url. */
export function escapePart(bytes: string, part: UrlPart): string {
  return bytes.replace(ESCAPED[part], (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`);
}

/** Whether a path or fragment can be kept as it was written. */
export function isKept(bytes: string, part: 'path' | 'fragment'): boolean {
  return KEPT[part].test(bytes);
}

/** Go's `unescape` of package net/url. Throws UrlError. */
export function unescapePart(bytes: string, part: UrlPart): string {
  for (const { 0: byte, index } of bytes.matchAll(part === 'host' || part === 'zone' ? NOT_IN_HOST : /%/g)) {
    if (byte !== '%') throw new UrlError(`invalid character ${quoteBytes(byte)} in host name`);
    checkEscape(bytes.slice(index, index + 3), part);
  }
  return bytes.replace(/%(..)/g, (_, pair: string) => String.fromCharCode(parseInt(pair, 16)));
}

/** A host may escape only what is no ASCII; a zone also what could stand there as it is, and the space. */
function checkEscape(written: string, part: UrlPart): void {
  const byte = String.fromCharCode(parseInt(written.slice(1), 16));
  const isRefusedInHost = part === 'host' && byte < '\u0080' && written !== '%25';
  const isRefusedInZone = part === 'zone' && written !== '%25' && byte !== ' ' && escapePart(byte, 'host') !== byte;
  if (!ESCAPE.test(written) || isRefusedInHost || isRefusedInZone)
    throw new UrlError(`invalid URL escape ${quoteBytes(written)}`);
}
