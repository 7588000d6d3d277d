import { STD_NAMES } from '../std/std-object.js';
import type { Node } from '../syntax/ast.js';
import { parse } from '../syntax/parse.js';
import { placeOf, type Source, type Span } from '../syntax/source.js';
import { closest } from './closest.js';
import type { Finding } from './finding.js';
import { type Declaration, Names } from './names.js';
import { type Part, partsOf } from './parts.js';

/**
 * What of a program is to no purpose: locals and imports that nothing refers to, and members that `std` does not have;
 * in the order of their places. A name that begins with `_`, or that its own value refers to, counts as used.
 * Throws SyntaxFailure.
 */
export function lint(source: Source): readonly Finding[] {
  const declarations: Declaration[] = [];
  const found: (Omit<Finding, 'place'> & { readonly span: Span })[] = [];
  // A list of what is still to be looked at, not a function that calls itself: no program is nested too deep for it.
  const open: Part[] = [{ node: parse(source.text), names: new Names(undefined, []) }];
  for (let part = open.pop(); part !== undefined; part = open.pop()) {
    const { node, names } = part;
    if (node.type === 'variable') {
      const declaration = names.find(node.name);
      if (declaration !== undefined) declaration.isUsed = true;
    }
    const member = stdMember(node, names);
    if (member !== undefined && !STD_NAMES.has(member.name)) {
      const meant = closest(member.name, STD_NAMES);
      const message = `std has no member ${member.name}`;
      found.push({ code: 'UnknownStdMember', ...member, message, ...(meant === undefined ? {} : { meant }) });
    }
    open.push(...partsOf(part, (declaration) => declarations.push(declaration)));
  }
  for (const { name, span, sort, isUsed } of declarations) {
    if (isUsed || sort === 'given' || name.startsWith('_')) continue;
    const isImport = sort === 'import';
    const message = `${isImport ? 'the import' : 'the local'} ${name} is never used`;
    found.push({ code: isImport ? 'UnusedImport' : 'UnusedLocal', name, message, span });
  }
  return found
    .sort((left, right) => left.span.start - right.span.start)
    .map(({ span, ...finding }) => ({ ...finding, place: placeOf(source, span) }));
}

/** The name in `std.name`, where `std` is the library. */
function stdMember(node: Node, names: Names): { readonly name: string; readonly span: Span } | undefined {
  if (node.type !== 'index' || node.target.type !== 'variable' || node.index.type !== 'literal') return undefined;
  const { target, index } = node;
  if (target.name !== 'std' || typeof index.value !== 'string' || names.find('std') !== undefined) return undefined;
  return { name: index.value, span: { start: index.start, end: index.end } };
}
