import type { Random } from './random.js';

/** Parts of programs that mean much in few characters. */
const PIECES = ['self', 'super', '$', 'std', 'local', 'function', 'if', 'then', 'else', 'for', 'in', 'assert', 'error']
  .concat([
    'import',
    'importstr',
    'importbin',
    'null',
    'true',
    'false',
    'tailstrict',
    '|||',
    '|||-\n',
    '::',
    ':::',
    '+:',
  ])
  .concat(['(', ')', '[', ']', '{', '}', ',', ';', ':', '.', '"', "'", '@"', '\\', '\\u', '\\ud83d', '//', '/*', '*/'])
  .concat([
    '0',
    '-1',
    '1e308',
    '1e400',
    '0.5',
    '9007199254740993',
    '1_0',
    '%',
    '%s',
    '%(a)s',
    '%5.2f',
    '==',
    '<<',
    '&&',
  ])
  .concat(['!', '~', '-', '+', '\n', '\r\n', '\t', ' ', '\u0000', '\ufeff', 'é', '😀', '\ud83d', '\u2028', '#', '$.a'])
  .concat(['[x for x in [1, 2]]', '{ a: 1 }', '[::2]', '(x=1)', "['a']", ' + { a+: 2 }', 'super.a', 'self.a', 'x'])
  .concat(['std.length', 'std.sort', 'std.map', 'std.foldl', 'std.format', 'std.join', 'std.slice', 'std.setUnion'])
  .concat([
    'std.mergePatch',
    'std.prune',
    'std.manifestYamlDoc',
    'std.parseYaml',
    'std.parseJson',
    'std.manifestJsonEx',
  ]);

const CHANGES = [swapPart, leaveOut, repeat, insertPiece, replaceByte, insertPiece, exchangeWords, cutShort];

/** A program with one to four changes: characters and words left out, repeated, moved, or taken from another program. */
export function mutate(program: string, random: Random, others: readonly string[]): string {
  let mutated = program;
  for (let count = 1 + random.below(4); count > 0; count -= 1) mutated = random.pick(CHANGES)(mutated, random, others);
  return mutated;
}

interface Part {
  readonly start: number;
  readonly end: number;
}

function partOf(text: string, random: Random, longest: number): Part {
  const start = random.below(text.length + 1);
  return { start, end: Math.min(text.length, start + random.below(longest)) };
}

function put(text: string, { start, end }: Part, between: string): string {
  return text.slice(0, start) + between + text.slice(end);
}

function swapPart(text: string, random: Random, others: readonly string[]): string {
  const other = random.pick(others);
  const { start, end } = partOf(other, random, 40);
  return put(text, partOf(text, random, 20), other.slice(start, end));
}

function leaveOut(text: string, random: Random): string {
  return put(text, partOf(text, random, 12), '');
}

function repeat(text: string, random: Random): string {
  const part = partOf(text, random, 20);
  return put(text, part, text.slice(part.start, part.end).repeat(2 + random.below(3)));
}

function insertPiece(text: string, random: Random): string {
  const at = random.below(text.length + 1);
  return put(text, { start: at, end: at + random.below(2) }, random.pick(PIECES));
}

function replaceByte(text: string, random: Random): string {
  const bytes = Buffer.from(text);
  if (bytes.length > 0) bytes[random.below(bytes.length)] = random.below(256);
  return bytes.toString();
}

function exchangeWords(text: string, random: Random): string {
  const words = text.split(/\b/);
  const [a, b] = [random.below(words.length), random.below(words.length)];
  [words[a], words[b]] = [words[b] ?? '', words[a] ?? ''];
  return words.join('');
}

function cutShort(text: string, random: Random): string {
  return text.slice(0, random.below(text.length + 1));
}
