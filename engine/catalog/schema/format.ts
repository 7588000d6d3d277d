import { parseAddress, parseBlock } from './ip-address.js';

/** A string format: how to recognise it, and words for the author who missed it. */
interface Format {
  readonly expected: string;
  matches(text: string): boolean;
}

const expression = (expected: string, pattern: RegExp): Format => ({ expected, matches: (text) => pattern.test(text) });
const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const LABEL = '[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?';

/**
 * The string formats that a kube-apiserver checks (k8s.io/apiextensions-apiserver, supported formats). Others have no
 * effect there and none here. `password` accepts everything, so it is not listed.
 */
export const formats: ReadonlyMap<string, Format> = new Map<string, Format>([
  ['bsonobjectid', expression('24 hexadecimal digits', /^[0-9a-fA-F]{24}$/)],
  ['uri', { expected: 'an absolute URI or an absolute path', matches: isURI }],
  ['email', expression('an e-mail address', /^[^\s@<>()[\]\\,;:"]+@[A-Za-z0-9]([-A-Za-z0-9.]*[A-Za-z0-9])?$/)],
  ['hostname', { expected: 'a host name (RFC 1034)', matches: isHostname }],
  [
    'ipv4',
    { expected: 'an IPv4 address such as 10.0.0.1', matches: (text) => parseAddress(withoutZeros(text))?.family === 4 },
  ],
  ['ipv6', { expected: 'an IPv6 address such as fd00::1', matches: (text) => parseAddress(text)?.family === 6 }],
  [
    'cidr',
    {
      expected: 'an address block such as 10.0.0.0/8',
      matches: (text) => parseBlock(withoutZeros(text)) !== undefined,
    },
  ],
  ['mac', expression('a MAC address such as 00:1a:2b:3c:4d:5e', macPattern())],
  ['uuid', expression('a UUID', uuidPattern('[0-9a-f]', '[0-9a-f]'))],
  ['uuid3', expression('a UUID of version 3', uuidPattern('3', '[0-9a-f]'))],
  ['uuid4', expression('a UUID of version 4', uuidPattern('4', '[89ab]'))],
  ['uuid5', expression('a UUID of version 5', uuidPattern('5', '[89ab]'))],
  ['isbn', { expected: 'an ISBN', matches: (text) => isISBN10(text) || isISBN13(text) }],
  ['isbn10', { expected: 'an ISBN of 10 digits', matches: isISBN10 }],
  ['isbn13', { expected: 'an ISBN of 13 digits', matches: isISBN13 }],
  ['creditcard', { expected: 'a credit card number', matches: isCreditCard }],
  ['ssn', expression('a social security number such as 123-45-6789', /^\d{3}[- ]\d{2}[- ]\d{4}$/)],
  ['hexcolor', expression('a colour such as #aabbcc', /^#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$/)],
  ['rgbcolor', { expected: 'a colour such as rgb(0,0,0)', matches: isRGB }],
  ['byte', { expected: 'base64 text (RFC 4648)', matches: isBase64 }],
  ['date', { expected: 'a date such as 2026-01-31', matches: isDate }],
  ['date-time', { expected: 'a time such as 2026-01-31T12:00:00Z', matches: isDateTime }],
  ['datetime', { expected: 'a time such as 2026-01-31T12:00:00Z', matches: isDateTime }],
  ['duration', expression('a duration such as 1h30m or 5s', durationPattern())],
  ['k8s-short-name', expression('a DNS-1123 label', new RegExp(`^${LABEL}$`))],
  ['k8s-long-name', expression('a DNS-1123 subdomain', new RegExp(`^(?=.{1,253}$)${LABEL}(\\.${LABEL})*$`))],
]);

function macPattern(): RegExp {
  return /^([\da-f]{2}([:-]?)([\da-f]{2}\2){4}([\da-f]{2}|([\da-f]{2}\2){2}[\da-f]{2})|[\da-f]{4}(\.[\da-f]{4}){2,3})$/i;
}

function uuidPattern(version: string, variant: string): RegExp {
  return new RegExp(`^[0-9a-f]{8}-?[0-9a-f]{4}-?${version}[0-9a-f]{3}-?${variant}[0-9a-f]{3}-?[0-9a-f]{12}$`, 'i');
}

/** Go's `time.ParseDuration`, or a text with an amount such as "3 days" in it, which go-openapi accepts besides. */
function durationPattern(): RegExp {
  return /^[-+]?(0|((\d+(\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h))+)$|\d\s*(nano|micro|milli|sec|min|hour|day|week|(ns|us|µs|ms|s|m|hr?|d|wk?)(?![a-zµ]))/i;
}

function isURI(text: string): boolean {
  if (/[\u0000-\u001f\u007f]/.test(text) || /%(?![0-9a-fA-F]{2})/.test(text)) return false;
  if (text.startsWith('/') || text === '*') return true;
  return /^[A-Za-z][-A-Za-z0-9+.]*:(\/\/(\[[^\]\s]*\]|[^\s/?:[\]]*(:[^\s/?@]*@[^\s/?:]*)?)(:\d*)?([/?].*)?|(?!\/\/).+)$/.test(
    text,
  );
}

/** The pattern of go-openapi: one label, or several of which the last has no digits. */
function isHostname(text: string): boolean {
  const pattern =
    /^([a-zA-Z0-9\p{S}\p{L}]((-?[a-zA-Z0-9\p{S}\p{L}]{0,62})?)|([a-zA-Z0-9\p{S}\p{L}](([-a-zA-Z0-9\p{S}\p{L}]{0,61}[a-zA-Z0-9\p{S}\p{L}])?)(\.)){1,}([a-zA-Z\p{L}]){2,63})$/u;
  return text.length <= 255 && text.split('.').every((label) => label.length <= 63) && pattern.test(text);
}

function isDate(text: string): boolean {
  const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text)?.map(Number) ?? [];
  if (year === undefined || month === undefined || day === undefined) return false;
  const leap = month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 1 : 0;
  return day >= 1 && day <= (DAYS[month - 1] ?? 0) + leap;
}

function isDateTime(text: string): boolean {
  const match = /^(\d{4}-\d\d-\d\d)t(\d\d):(\d\d):(\d\d)(.\d+)?(z|[+-]\d\d:\d\d)$/i.exec(text);
  if (match === null || !isDate(match[1] ?? '')) return false;
  return Number(match[2]) < 24 && Number(match[3]) < 60 && Number(match[4]) < 60;
}

/** The API server still takes IPv4 addresses with leading zeros, as decimal numbers. */
function withoutZeros(text: string): string {
  return text.replace(/(^|[./])0+(?=\d)/g, '$1');
}

function isBase64(text: string): boolean {
  return text !== '' && text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text);
}

function isRGB(text: string): boolean {
  const parts = /^rgb\(\s*(0|[1-9]\d{0,2})\s*,\s*(0|[1-9]\d{0,2})\s*,\s*(0|[1-9]\d{0,2})\s*\)$/.exec(text);
  return parts?.slice(1).every((part) => Number(part) < 256) ?? false;
}

function isISBN10(text: string): boolean {
  const digits = text.replace(/[\s-]/g, '');
  if (!/^\d{9}[\dX]$/.test(digits)) return false;
  return (
    [...digits].reduce((sum, digit, index) => sum + (10 - index) * (digit === 'X' ? 10 : Number(digit)), 0) % 11 === 0
  );
}

function isISBN13(text: string): boolean {
  const digits = text.replace(/[\s-]/g, '');
  if (!/^\d{13}$/.test(digits)) return false;
  return [...digits].reduce((sum, digit, index) => sum + Number(digit) * (index % 2 === 0 ? 1 : 3), 0) % 10 === 0;
}

/** The numbers of the known issuers, with the Luhn check. */
function isCreditCard(text: string): boolean {
  const digits = text.replace(/[\s-]/g, '');
  if (
    !/^(4\d{12}(\d{3})?|(5[1-5]|2[2-7]|6[0257])\d{14}|3[47]\d{13}|3[068]\d{12}|(2131|1800|35\d{3})\d{11})$/.test(digits)
  )
    return false;
  const sum = [...digits].reverse().reduce((total, digit, index) => {
    const value = Number(digit) * (index % 2 === 0 ? 1 : 2);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return sum % 10 === 0;
}
