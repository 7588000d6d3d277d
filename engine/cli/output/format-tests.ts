import type { LineCoverage } from '#adapters/jsonnet/template-coverage.js';
import type { RegoCoverage, RegoTestResult } from '#wasm/rego-types.js';
import type { CaseReport, Difference } from '../cases/compare.js';
import { faultText, printable, type Style } from '../console.js';
import { formatTable } from './table.js';
import { type DiffLine, diffLines } from './unified-diff.js';

const MAXIMUM_LINES = 60;

/** Whether nothing is wrong with a case or a test. A skipped test proves nothing. */
export function isPassed(result: CaseReport | RegoTestResult): boolean {
  return 'outcome' in result ? result.outcome === 'pass' : result.faults.length + result.differences.length === 0;
}

/** A case that failed: why, and what to do about it. */
export function formatCase({ name, faults, differences }: CaseReport, style: Style): string {
  const lines = [`${style.red('fail')} ${style.bold(name)}`];
  for (const fault of faults) lines.push(indent(faultText(fault), 2));
  for (const difference of differences) lines.push(...formatDifference(difference, style));
  if (differences.length > 0)
    lines.push(`  If this is as it should be, accept it: edict test --update ${quoted(name)}`);
  return lines.join('\n');
}

function formatDifference({ path, expected, actual }: Difference, style: Style): readonly string[] {
  const produced = actual === undefined ? 'is not produced any more' : 'differs';
  return [`  ${path} ${expected === undefined ? 'is new' : produced}`, formatDiff(expected ?? '', actual ?? '', style)];
}

/** What differs between two texts, as a unified diff that is not too long to read. */
export function formatDiff(before: string, after: string, style: Style): string {
  const lines = diffLines(before, after);
  const shown = lines.slice(0, MAXIMUM_LINES).map((line) => `    ${paint(line, style)}`);
  const more = lines.length - shown.length;
  return [...shown, ...(more > 0 ? [`    ${style.dim(`and ${more} more lines`)}`] : [])].join('\n');
}

function paint({ sign, text }: DiffLine, style: Style): string {
  const line = `${sign}${sign === '@' ? '@ ' : ''}${text.split('\t').map(printable).join('\t')}`;
  if (sign === '-') return style.red(line);
  if (sign === '+') return style.green(line);
  return sign === '@' ? style.cyan(line) : line;
}

function quoted(name: string): string {
  return /^[A-Za-z0-9._/-]+$/.test(name) ? name : `'${name.replaceAll("'", "'\\''")}'`;
}

/** A policy test that did not pass. */
export function formatPolicyTest({ file, row, name, outcome, error, output }: RegoTestResult, style: Style): string {
  const lines = [`${style.red(outcome)} ${style.bold(name)} ${style.dim(`policies/${file}:${row}`)}`];
  for (const text of [error, output]) if (text !== undefined && text !== '') lines.push(indent(text.trimEnd(), 4));
  return lines.join('\n');
}

/** The lines of each policy, without those of its tests. */
export function policyLines({ files }: RegoCoverage): { readonly [path: string]: LineCoverage } {
  const own = Object.entries(files).filter(([file]) => !file.endsWith('_test.rego'));
  return Object.fromEntries(own.map(([file, lines]) => [`policies/${file}`, lines]));
}

/** How much of each file is run by tests, and which lines are not. `heading` says what the files are. */
export function formatCoverage(heading: string, files: { readonly [path: string]: LineCoverage }): string {
  const row = (name: string, covered: number, lines: number, left: readonly number[]): readonly string[] => [
    name,
    `${((100 * covered) / Math.max(1, lines)).toFixed(1)} %`,
    ranges(left),
  ];
  const all = Object.entries(files);
  const rows = all.map(([file, { covered, notCovered }]) =>
    row(file, covered.length, covered.length + notCovered.length, notCovered),
  );
  const covered = all.reduce((sum, [, each]) => sum + each.covered.length, 0);
  const lines = all.reduce((sum, [, each]) => sum + each.covered.length + each.notCovered.length, 0);
  return formatTable([heading, 'COVERED', 'LINES NOT COVERED'], [...rows, row('all', covered, lines, [])]);
}

/** Sorted numbers as `1-3, 7`. */
function ranges(lines: readonly number[]): string {
  const starts = lines.filter((line, index) => lines[index - 1] !== line - 1);
  const ends = lines.filter((line, index) => lines[index + 1] !== line + 1);
  return starts.map((start, index) => (start === ends[index] ? String(start) : `${start}-${ends[index]}`)).join(', ');
}

function indent(text: string, width: number): string {
  return text.replaceAll(/^/gm, ' '.repeat(width));
}
