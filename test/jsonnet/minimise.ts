import { tokenize } from '#jsonnet/syntax/lexer.js';
import { SyntaxFailure } from '#jsonnet/syntax/source.js';

/** Attempts at one program. */
const MOST_ATTEMPTS = 3000;

const CLOSING: { readonly [open: string]: string } = { '(': ')', '[': ']', '{': '}' };
const STAND_INS = ['0', 'null', "''", '[]', '{}', ''];

/** The smallest program found by leaving parts of one out for which `isSo` still holds. */
export async function minimise(program: string, isSo: (program: string) => Promise<boolean>): Promise<string> {
  let smallest = program;
  let attempts = 0;
  for (;;) {
    let better: string | undefined;
    for (const candidate of smaller(smallest)) {
      attempts += 1;
      if (attempts > MOST_ATTEMPTS) return smallest;
      if (!(await isSo(candidate))) continue;
      better = candidate;
      break;
    }
    if (better === undefined) return smallest;
    smallest = better;
  }
}

/** Shorter programs: something in brackets stands for nearly nothing, for its inside, or a run of words is left out. */
function* smaller(program: string): Generator<string> {
  const words = wordsOf(program);
  const groups = words.flatMap((_, at) => groupAt(words, at)).sort((a, b) => b.end - b.start - (a.end - a.start));
  for (const { start, end } of groups) {
    const put = (between: string): string =>
      [...words.slice(0, start), between, ...words.slice(end)].filter((word) => word !== '').join(' ');
    if (end - start > 3) yield put(words.slice(start + 1, end - 1).join(' '));
    for (const standIn of STAND_INS) if (end - start > 1 || standIn === '') yield put(standIn);
  }
  for (let length = Math.min(16, words.length - 1); length >= 1; length -= 1) {
    for (let start = 0; start + length <= words.length; start += 1) {
      yield [...words.slice(0, start), ...words.slice(start + length)].join(' ');
    }
  }
}

function groupAt(words: readonly string[], start: number): readonly { readonly start: number; readonly end: number }[] {
  const stack: string[] = [];
  for (let at = start; at < words.length; at += 1) {
    const word = words[at] as string;
    const closing = CLOSING[word];
    if (closing !== undefined) stack.push(closing);
    else if (word === stack.at(-1)) stack.pop();
    else if (stack.length === 0) return [];
    if (stack.length === 0) return [{ start, end: at + 1 }];
  }
  return [];
}

/** The words of a program as they are written; of what is none, its characters. */
function wordsOf(program: string): readonly string[] {
  try {
    return tokenize(program).flatMap(({ start, end }) => (start === end ? [] : [program.slice(start, end)]));
  } catch (error) {
    if (!(error instanceof SyntaxFailure)) throw error;
    return program.split(/(?=\s)|\b/);
  }
}
