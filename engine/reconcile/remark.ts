import { type Fault, formatLocation } from '#errors/fault.js';
import type { Verdict } from '#model/verdict.js';

/** One thing that is said about a request, for whoever made it. */
export interface Remark {
  /** Of a policy or of the catalogue of errors; empty where a policy gave none. */
  readonly code: string;
  readonly message: string;
  /** Path in the object, or empty. */
  readonly path: string;
  /** The policy that says so; empty: none does. */
  readonly policy: string;
}

/** What a policy said. */
export function remarkOfVerdict({ policy, code, message, path }: Verdict): Remark {
  return { policy, code, message, path };
}

/** A fault: with its place where that is in a file, and with what to do. */
export function remarkOfFault({ code, message, location, remedy }: Fault): Remark {
  const { object: _object, path = '', ...file } = location;
  const place = formatLocation(file);
  const words = [place === '' ? message : `${message} (${place})`, ...(remedy === undefined ? [] : [remedy])];
  return { code, message: words.map(asSentence).join(' '), path, policy: '' };
}

/** A remark in one line, as plans show verdicts: whatever a policy writes into it, it stays one. */
export function formatRemark({ code, message, path, policy }: Remark): string {
  const what = [policy, code, path].filter((part) => part !== '').join(' ');
  // Control characters would also make a warning one that no header can carry.
  return `${message} [${what}]`.replace(/\s*\p{Cc}+\s*/gu, ' ');
}

function asSentence(text: string): string {
  return /[.!?…]$/.test(text) ? text : `${text}.`;
}
