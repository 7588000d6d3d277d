import { BuiltinError } from './builtin.js';
import { isMailAddress } from './mail-address.js';
import { parseAddress } from './net-address.js';
import { compilePattern } from './regex.js';
import { type LayoutPiece, layoutPieces } from './time-layout.js';
import { isTimeText } from './time-parse.js';
import { UrlError } from './url-escape.js';
import { parseUrl, type Url } from './url-parse.js';

type Spend = (steps: number) => void;
type Layout = readonly LayoutPiece[];
type Format = (text: string, spend: Spend) => boolean;

const STEPS_PER_TIME = 400;
const [DATE, DATE_AND_TIME] = ['2006-01-02', '2006-01-02T15:04:05.999999999Z07:00'].map(layoutPieces) as [
  Layout,
  Layout,
];
const [TIME, TIME_AND_ZONE] = ['15:04:05', '15:04:05Z07:00'].map(layoutPieces) as [Layout, Layout];
/** Texts that can only be a date, or begin with one; and texts that name a zone. */
const [DATE_ALONE, DATE_START, ZONE] = [/^\d{4}-\d\d-\d\d$/, /^\d{4}-/, /[Z+-]/];
const UUID = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i;
const LABEL = /^[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?$/;
const LONGEST_HOSTNAME = 255;

const isDate: Format = (text, spend) => {
  spend(STEPS_PER_TIME);
  return isTimeText(DATE, text);
};

const isTime: Format = (text, spend) => {
  spend(STEPS_PER_TIME);
  return isTimeText(ZONE.test(text) ? TIME_AND_ZONE : TIME, text);
};

/** Dates and times alone pass too. */
const isDateTime: Format = (text, spend) => {
  if (!DATE_START.test(text)) return isTime(text, spend);
  if (DATE_ALONE.test(text)) return isDate(text, spend);
  spend(STEPS_PER_TIME);
  return isTimeText(DATE_AND_TIME, text);
};

function urlOf(text: string): Url | undefined {
  if (text.includes('\\')) return undefined;
  try {
    return parseUrl(text);
  } catch (error) {
    if (!(error instanceof UrlError)) throw error;
    return undefined;
  }
}

const isUrl: Format = (text) => (urlOf(text)?.scheme ?? '') !== '';
const isUrlReference: Format = (text) => urlOf(text) !== undefined;
const isMail: Format = (text) => isMailAddress(text);

/** Whether every opening brace of the path has a closing one after it. */
const isUrlTemplate: Format = (text) => {
  const path = urlOf(text)?.path;
  if (path === undefined) return false;
  for (let open = path.indexOf('{'); open !== -1; ) {
    const close = path.indexOf('}', open);
    if (close === -1) return false;
    open = path.indexOf('{', close);
  }
  return true;
};

const isPattern: Format = (text, spend) => {
  if (text === '') return true;
  try {
    compilePattern(text, spend);
    return true;
  } catch (error) {
    if (!(error instanceof BuiltinError)) throw error;
    return false;
  }
};

const isPointer: Format = (text) => (text === '' || text.startsWith('/')) && !/~(?![01])/.test(text);

const isRelativePointer: Format = (text, spend) => {
  const [, rest] = /^(?:0|[1-9]\d*)([\s\S]*)$/.exec(text) ?? [];
  return rest !== undefined && (rest === '#' || isPointer(rest, spend));
};

const FORMATS: Readonly<Record<string, Format>> = {
  date: isDate,
  time: isTime,
  'date-time': isDateTime,
  hostname: (text) => text.length <= LONGEST_HOSTNAME && text.split('.').every((label) => LABEL.test(label)),
  email: isMail,
  'idn-email': isMail,
  ipv4: (text) => text.includes('.') && parseAddress(text) !== undefined,
  ipv6: (text) => text.includes(':') && parseAddress(text) !== undefined,
  uri: isUrl,
  'uri-reference': isUrlReference,
  iri: isUrl,
  'iri-reference': isUrlReference,
  'uri-template': isUrlTemplate,
  uuid: (text) => UUID.test(text),
  regex: isPattern,
  'json-pointer': isPointer,
  'relative-json-pointer': isRelativePointer,
};

/** Whether a text has a format; it has every one that is not known. @see internal/gojsonschema/format_checkers.go of OPA 1.22 */
export function matchesFormat(format: string, text: string, spend: Spend): boolean {
  spend(text.length);
  return !Object.hasOwn(FORMATS, format) || FORMATS[format]!(text, spend);
}
