import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonnetErrorCode } from '#jsonnet/jsonnet-error.js';
import { filesUnder } from '../../tools/files.js';
import type { Program } from './both.js';

/** A program, and what must become of it: a value, or an error of a code at a place. */
export interface Case extends Program {
  /** `area:line` of the file that it stands in. */
  readonly name: string;
  readonly expected: { readonly json: string } | { readonly place: string; readonly code: JsonnetErrorCode };
}

const FOLDER = 'test/engine/jsonnet/cases';
const ENDING = '.cases';

/** What stands between a program and its value, and between a program and the place of its error. */
const GIVES = /^=> |(?<=\S) => /;
const FAILS = /^=! ?|(?<=\S) =! ?/;

/** What programs are given, by the area that they are about; all may import the files beside them. */
const GIVEN: { readonly [area: string]: Partial<Program> } = {
  external: {
    external: { text: "'said'", code: '{ x: 1, y: self.x }', fails: "error 'x'", calls: 'function(x) x + 1' },
    topLevel: { one: '1', two: '{ a: 2 }' },
  },
};

/** The files that programs may import. */
export const CASE_FILES: { readonly [path: string]: string } = Object.fromEntries(
  filesUnder(join(FOLDER, 'files')).map((path) => [path, readFileSync(join(FOLDER, 'files', path), 'utf8')]),
);

/** Folders of those in which imports are looked for. */
const CASE_LIBRARIES: readonly string[] = ['first', 'second'];

/** The cases of every area, by area. */
export function readCases(): ReadonlyMap<string, readonly Case[]> {
  const areas = filesUnder(FOLDER).filter((path) => path.endsWith(ENDING));
  return new Map(
    areas.map((path) => {
      const area = path.slice(0, -ENDING.length);
      return [area, parseCases(area, readFileSync(join(FOLDER, path), 'utf8'))];
    }),
  );
}

/**
 * Cases from a text: `program => value` and `program =! line:column Code`. A program may take several lines; the value
 * stands on a line of its own then. Empty lines and comments between cases are no part of them, and an error without a
 * code is an EvaluationFailed.
 */
export function parseCases(area: string, text: string): readonly Case[] {
  const cases: Case[] = [];
  let lines: string[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (lines.length === 0 && (line === '' || line.startsWith('# '))) continue;
    const end = GIVES.exec(line) ?? FAILS.exec(line);
    if (end === null) {
      lines.push(line);
      continue;
    }
    const first = line.slice(0, end.index);
    const code = end.index === 0 ? lines.join('\n') : [...lines, first].join('\n');
    const rest = line.slice(end.index + end[0].length);
    const [place = '', kind = 'EvaluationFailed'] = rest.split(' ');
    const expected = end[0].includes('>') ? { json: rest } : { place, code: kind as JsonnetErrorCode };
    cases.push({ name: `${area}:${index + 1}`, code, expected, ...common(area) });
    lines = [];
  }
  if (lines.length > 0) throw new Error(`${area}: the last case has no end: ${lines.join('\n')}`);
  return cases;
}

function common(area: string): Pick<Program, 'files' | 'libraries' | 'external' | 'topLevel'> {
  return { files: CASE_FILES, libraries: CASE_LIBRARIES, ...GIVEN[area] };
}
