import type { Node } from '#jsonnet/syntax/ast.js';
import { tokenize } from '#jsonnet/syntax/lexer.js';
import { parse } from '#jsonnet/syntax/parse.js';
import { SyntaxFailure } from '#jsonnet/syntax/source.js';

/** What somebody typed. */
export type ReplInput =
  /** Nothing, or comments. */
  | { readonly type: 'nothing' }
  /** The beginning of something. */
  | { readonly type: 'unfinished' }
  /** `local x = 1`, without what it is for: names for later. `program` is such that an expression may follow. */
  | { readonly type: 'locals'; readonly names: readonly string[]; readonly program: string }
  /** Anything else, also what is wrong. */
  | { readonly type: 'expression' };

/** What sort of input a text is, as far as its words tell. */
export function readInput(text: string): ReplInput {
  try {
    const tokens = tokenize(text);
    if (tokens.length === 1) return { type: 'nothing' };
    const program = `${text}\n${tokens.at(-2)?.kind === ';' ? '' : ';'}`;
    const names = tokens[0]?.kind === 'local' ? localNames(program) : [];
    if (names.length > 0) return { type: 'locals', names, program };
    parse(text);
    return { type: 'expression' };
  } catch (error) {
    if (!(error instanceof SyntaxFailure)) throw error;
    return { type: isUnfinished(text, error) ? 'unfinished' : 'expression' };
  }
}

/** The names that locals bind if nothing but them is there. */
function localNames(program: string): readonly string[] {
  const names: string[] = [];
  try {
    // Only the null that is added here stands after the end.
    const text = `${program}null`;
    let node: Node = parse(text);
    for (; node.type === 'local'; node = node.body) names.push(...node.binds.map(({ name }) => name));
    return node.type === 'literal' && node.start === program.length ? names : [];
  } catch (error) {
    if (!(error instanceof SyntaxFailure)) throw error;
    return [];
  }
}

/** Whether more text may mend it: the end came too early, or inside a text or a comment. */
function isUnfinished(text: string, { span: { start, end } }: SyntaxFailure): boolean {
  if (start >= text.length) return true;
  if (text.startsWith('|||', start)) return !/\n[ \t]*\|\|\|/.test(text.slice(start));
  return end === start + 1 && /^(?:@?["']|\/\*)/.test(text.slice(start));
}
