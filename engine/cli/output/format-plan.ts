import type { Action, Change, FieldChange } from '#model/change-set.js';
import type { Json } from '#model/json.js';
import { formatKey } from '#model/object.js';
import { isPaused, PAUSED_ANNOTATION } from '#model/ownership.js';
import type { Verdict } from '#model/verdict.js';
import { explanation } from '#report/conditions.js';
import { faultText, printable, type Style } from '../console.js';
import { isDenied, type ObjectResult } from '../results.js';

const MAXIMUM_FIELDS = 40;
const MAXIMUM_VALUE = 100;

/** The plan of one object, for people: a heading, its verdicts, and a line for every change. */
export function formatResult(result: ObjectResult, style: Style): string {
  const { pass } = result;
  const state = headline(result, style);
  const lines = [[style.bold(printable(result.object)), ...(state === '' ? [] : [state])].join('  ')];
  if (pass !== undefined && isPaused(pass.object))
    lines.push(`  ${style.yellow('paused')} nothing of this is done until ${PAUSED_ANNOTATION} is removed`);
  for (const fault of result.faults) lines.push(indent(style.red(faultText(fault))));
  for (const verdict of pass?.verdicts ?? []) lines.push(`  ${formatVerdict(verdict, style)}`);
  const changes = (pass?.changes?.changes ?? []).filter(
    (change) => change.action !== 'none' || change.fields.length > 0,
  );
  for (const change of changes) lines.push(...formatChange(change, style));
  return lines.join('\n');
}

function headline({ pass, faults }: ObjectResult, style: Style): string {
  if (pass === undefined) return style.red(faults.length === 1 ? 'fault' : `${faults.length} faults`);
  const { outcome } = pass;
  if (outcome.state === 'settled') {
    const writes = (pass.changes?.changes ?? []).some(({ action }) => action !== 'none');
    return writes ? '' : style.dim('no change');
  }
  const { reason, message } = explanation(outcome);
  const colour = outcome.state === 'waiting' ? style.yellow : style.red;
  const isToldBelow = reason === 'PolicyDenied' || faults.length > 0;
  return colour(`${outcome.state}: ${reason}${isToldBelow ? '' : `: ${printable(message)}`}`);
}

/** One verdict in one line. */
export function formatVerdict({ policy, level, code, message, path }: Verdict, style: Style): string {
  const colour = level === 'warn' ? style.yellow : style.red;
  const what = [policy, code, path].filter((part) => part !== '').join(' ');
  return `${colour(level)} ${printable(message)} ${style.dim(`[${printable(what)}]`)}`;
}

const SIGNS: { readonly [action in Action]: string } = {
  create: '+',
  update: '~',
  adopt: '⇐',
  replace: '±',
  delete: '-',
  orphan: 'o',
  patch: '≈',
  release: '≉',
  await: '…',
  hold: '!',
  none: '=',
};

function formatChange(change: Change, style: Style): readonly string[] {
  const colour = colourOf(change.action, style);
  const reason = change.reason === undefined ? '' : style.dim(`  (${change.reason})`);
  const heading = `  ${colour(`${SIGNS[change.action]} ${change.action}`)} ${printable(nameOf(change))}${reason}`;
  const shown = change.fields.slice(0, MAXIMUM_FIELDS).map((field) => `      ${formatField(field, style)}`);
  const more = change.fields.length - shown.length;
  return [heading, ...shown, ...(more > 0 ? [`      ${style.dim(`and ${more} more`)}`] : [])];
}

/** Where a change goes: an object of the cluster, or a file of a branch. */
function nameOf(change: Change): string {
  if (change.sink !== 'git') return formatKey(change.key);
  const { remote, name, branch } = change.repository;
  return `${remote}/${name}@${branch} ${change.path}`;
}

function formatField({ path, before, after, origin }: FieldChange, style: Style): string {
  const from = origin === undefined ? '' : style.dim(`  (${origin})`);
  const name = path === '' ? 'content' : printable(path);
  if (before === undefined) return `${name}: ${style.green(show(after))}${from}`;
  if (after === undefined) return `${name}: ${style.red(`${show(before)} removed`)}${from}`;
  return `${name}: ${style.red(show(before))} → ${style.green(show(after))}${from}`;
}

function show(value: Json | undefined): string {
  const text = printable(typeof value === 'string' ? value : JSON.stringify(value ?? null));
  return text.length > MAXIMUM_VALUE ? `${text.slice(0, MAXIMUM_VALUE)}…` : text;
}

function colourOf(action: Action, style: Style): (text: string) => string {
  if (action === 'create') return style.green;
  if (action === 'delete' || action === 'hold') return style.red;
  return action === 'none' ? style.dim : style.yellow;
}

function indent(text: string): string {
  return text
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n');
}

/** How many changes of which kind, in one line. Nothing is changed for an object that is denied. */
export function summarise(results: readonly ObjectResult[]): string {
  const changes = results.flatMap((result) => (isDenied(result) ? [] : (result.pass?.changes?.changes ?? [])));
  const count = (...actions: readonly Action[]): number =>
    changes.filter(({ action }) => actions.includes(action)).length;
  const denied = results.filter(isDenied).length;
  const faulty = results.filter(({ faults }) => faults.length > 0).length;
  const parts = [
    `${count('create')} to create`,
    `${count('update', 'adopt', 'replace', 'orphan', 'patch', 'release')} to change`,
    `${count('delete')} to delete`,
  ];
  if (count('hold') > 0) parts.push(`${count('hold')} held`);
  if (denied > 0) parts.push(`${denied} denied`);
  if (faulty > 0) parts.push(`${faulty} with faults`);
  return parts.join(', ');
}
