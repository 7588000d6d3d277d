import type { ErrorCode } from './codes.js';

/** Where a fault stands: a place in a file, or a path in an object, or both. */
export interface Location {
  /** Path relative to the rule set or as the user gave it. */
  readonly file?: string;
  /** 1-based. */
  readonly line?: number;
  /** 1-based. */
  readonly column?: number;
  /** `Kind/namespace/name` of the object concerned. */
  readonly object?: string;
  /** Path in the document, such as `spec.applications[0].name`. */
  readonly path?: string;
}

/** One thing that is wrong, said so that its author can mend it. Plain data: it can be printed, sent and compared. */
export interface Fault {
  readonly code: ErrorCode;
  /** One sentence: what is wrong. Never holds a secret. */
  readonly message: string;
  readonly location: Location;
  /** The offending piece of the author's text, shortened. */
  readonly fragment?: string;
  /** One sentence: what to do about it. */
  readonly remedy?: string;
}

const FRAGMENT_LENGTH = 160;

/** Shortens `text` to one line of at most 160 characters, for `Fault.fragment`. Credentials in a URL are left out. */
export function fragmentOf(text: string): string {
  const line = (text.trim().split('\n', 1)[0] ?? '').replace(/:\/\/[^/@\s"']*@/g, '://…@');
  return line.length > FRAGMENT_LENGTH ? `${line.slice(0, FRAGMENT_LENGTH - 1)}…` : line;
}

/** `file:line:column`, then the object and the path in it: the part of a fault that tells where. */
export function formatLocation({ file, line, column, object, path }: Location): string {
  const place = [file, line, column].filter((part) => part !== undefined).join(':');
  return [place, object, path].filter((part) => part !== undefined && part !== '').join(' ');
}

/** A fault in one paragraph, for a terminal or a log. */
export function formatFault(fault: Fault): string {
  const where = formatLocation(fault.location);
  const lines = [`${where === '' ? '' : `${where}: `}${fault.message} [${fault.code}]`];
  if (fault.fragment !== undefined) lines.push(`    ${fault.fragment}`);
  if (fault.remedy !== undefined) lines.push(`    ${fault.remedy}`);
  return lines.join('\n');
}
