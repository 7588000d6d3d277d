import type { ErrorCode } from '#errors/codes.js';
import { type Fault, fragmentOf } from '#errors/fault.js';
import type { Finding, FindingCode } from '#jsonnet/lint/finding.js';
import { lint } from '#jsonnet/lint/lint.js';
import { SyntaxFailure } from '#jsonnet/syntax/source.js';

/** What each finding is to Edict, and what to do about it. */
const MEANINGS: { readonly [code in FindingCode]: { readonly code: ErrorCode; readonly remedy: string } } = {
  UnusedLocal: { code: 'TemplateLocalUnused', remedy: 'Use it, remove it, or begin its name with _ to keep it.' },
  UnusedImport: { code: 'TemplateImportUnused', remedy: 'Use it, or remove the import.' },
  UnknownStdMember: {
    code: 'TemplateMemberUnknown',
    remedy: 'Correct the name: it is an error when it is evaluated.',
  },
};

/**
 * What templates and libraries, texts by path, say to no purpose. These are warnings: nothing is refused for them. Files
 * that are no Jsonnet have none, because they have faults.
 */
export function lintTemplates(files: { readonly [path: string]: string }): readonly Fault[] {
  return Object.entries(files).flatMap(([path, text]) => findings(path, text).map((each) => warning(each, text)));
}

function findings(path: string, text: string): readonly Finding[] {
  try {
    return lint({ path, text });
  } catch (error) {
    if (error instanceof SyntaxFailure) return [];
    throw error;
  }
}

function warning({ code: sort, message, place, meant }: Finding, text: string): Fault {
  const { code, remedy } = MEANINGS[sort];
  return {
    code,
    message,
    location: { file: place.file, line: place.line, column: place.column },
    fragment: fragmentOf(text.split('\n')[place.line - 1] ?? ''),
    remedy: meant === undefined ? remedy : `${meant} may be meant. ${remedy}`,
  };
}
