import { after, test } from 'node:test';
import { base64, base64Decode, base64DecodeBytes } from '#jsonnet/text/base64.js';
import { characterOf, codePointOf } from '#jsonnet/text/characters.js';
import { codePointLength, compareCodePoints } from '#jsonnet/text/code-points.js';
import { hash } from '#jsonnet/text/hash.js';
import { parseJson } from '#jsonnet/text/parse-json.js';
import { parseHexadecimal, parseInteger, parseOctal } from '#jsonnet/text/parse-number.js';
import { split, splitLimit, splitLimitR } from '#jsonnet/text/split.js';
import {
  asciiLower,
  asciiUpper,
  equalsIgnoreCase,
  findSubstr,
  lstripChars,
  resolvePath,
  rstripChars,
  stringChars,
  stripChars,
  strReplace,
  substr,
  trim,
} from '#jsonnet/text/strings.js';
import { toText } from '#jsonnet/text/to-text.js';
import { bytesOf, decodeUtf8, encodeUtf8 } from '#jsonnet/text/utf8.js';
import { literal, Random } from './random.js';
import { type Case, Reference } from './reference.js';

const reference = new Reference();
after(() => reference.close());

const call = (name: string, ...parameters: readonly Parameters<typeof literal>[0][]): string =>
  `std.${name}(${parameters.map(literal).join(', ')})`;

test('texts are cut, searched and changed alike', async () => {
  const random = new Random(21);
  const small = (): string =>
    random.list(12, () => random.pick(['a', 'b', 'A', 'é', '\u{1f600}', '\ue000', ' '])).join('');
  const cases = Array.from({ length: 600 }, (): Case[] => {
    const text = small();
    const pattern = random.pick(['a', 'aa', 'ab', 'é', '\u{1f600}', ' ', random.text(2) || 'b']);
    const other = small();
    const [from, length] = [random.below(14), random.below(14)];
    const limit = random.below(5) - 1;
    return [
      [call('length', text), () => codePointLength(text)],
      [`${literal(text)} < ${literal(other)}`, () => compareCodePoints(text, other) < 0],
      [call('substr', text, from, length), () => substr(text, from, length)],
      [call('stringChars', text), () => stringChars(text)],
      [call('strReplace', text, pattern, other), () => strReplace(text, pattern, other)],
      [call('findSubstr', pattern, text), () => findSubstr(pattern, text)],
      [call('split', text, pattern), () => split(text, pattern)],
      [call('splitLimit', text, pattern, limit), () => splitLimit(text, pattern, limit)],
      [call('splitLimitR', text, pattern, limit), () => splitLimitR(text, pattern, limit)],
      [call('stripChars', text, pattern), () => stripChars(text, pattern)],
      [call('lstripChars', text, pattern), () => lstripChars(text, pattern)],
      [call('rstripChars', text, pattern), () => rstripChars(text, pattern)],
      [call('rstripChars', text, ['a', 1, pattern]), () => rstripChars(text, ['a', 1, pattern])],
      [call('asciiUpper', text), () => asciiUpper(text)],
      [call('asciiLower', text), () => asciiLower(text)],
      [call('resolvePath', text.replaceAll('b', '/'), other), () => resolvePath(text.replaceAll('b', '/'), other)],
    ];
  }).flat();
  await reference.compare(cases, 1024);
});

test('every space is trimmed, and every letter compared without case', async () => {
  const codes = Array.from({ length: 0xd800 }, (_, code) => code);
  const spaces = codes.filter((code) => code < 256 || /\s|\p{Zs}|\p{Cf}/u.test(String.fromCharCode(code)));
  const trims = spaces.map((code): Case => {
    const character = String.fromCharCode(code);
    const text = `${character} a${character}b${character}`;
    return [call('trim', text), () => trim(text)];
  });
  const wide = Array.from({ length: 0x20000 }, (_, index) => 0x10000 + index);
  const letters = [...codes, ...wide].map((code) => String.fromCodePoint(code));
  const folds = letters.flatMap((letter): Case[] => {
    const variants = new Set([letter.toLowerCase(), letter.toUpperCase(), letter.toUpperCase().toLowerCase()]);
    return [...variants]
      .filter((variant) => variant !== letter)
      .map((variant) => [call('equalsIgnoreCase', letter, variant), () => equalsIgnoreCase(letter, variant)]);
  });
  await reference.compare([...trims, ...folds], 1024);
});

test('arguments that make no sense are refused alike', async () => {
  await reference.compare(
    [
      [call('substr', 'abc', 0.5, 1), () => substr('abc', 0.5, 1)],
      [call('substr', 'abc', -1, 1), () => substr('abc', -1, 1)],
      [call('substr', 'abc', 1, -1), () => substr('abc', 1, -1)],
      [call('substr', 'abc', 1, 1.5), () => substr('abc', 1, 1.5)],
      [call('substr', 'abc', 1, 2 ** 31), () => substr('abc', 1, 2 ** 31)],
      [call('substr', 'abc', 1e18, 1), () => substr('abc', 1e18, 1)],
      [call('strReplace', 'a', '', 'b'), () => strReplace('a', '', 'b')],
      [call('findSubstr', '', 'b'), () => findSubstr('', 'b')],
      [call('split', 'a', ''), () => split('a', '')],
      [call('splitLimit', 'a', 'a', -2), () => splitLimit('a', 'a', -2)],
      [call('splitLimit', 'a', 'a', 0.5), () => splitLimit('a', 'a', 0.5)],
      [call('splitLimitR', 'aXXXaXXXa', 'XX', -1), () => splitLimitR('aXXXaXXXa', 'XX', -1)],
      [call('splitLimitR', 'a', '', 1), () => splitLimitR('a', '', 1)],
    ],
    1,
  );
});

test('code points, bytes and base64 are the same', async () => {
  const random = new Random(22);
  const codes = [0, 65, 65.9, 0xd7ff, 0xd800, 0xdfff, 0xe000, 0x10ffff, 0x110000, -1, -0.5, 1e300];
  const characters = codes.map((code): Case => [call('char', code), () => characterOf(code)]);
  const points = ['', 'a', 'ab', '\u{10ffff}', 'é'].map(
    (text): Case => [call('codepoint', text), () => codePointOf(text)],
  );
  const lead = [0, 65, 0x80, 0xbf, 0xc1, 0xc2, 0xe0, 0xa0, 0x9f, 0xed, 0xef, 0xf0, 0x90, 0x8f, 0xf4, 0xf5, 0xff];
  const bytes = Array.from({ length: 600 }, () => random.list(8, () => random.pick(lead)));
  const texts = Array.from({ length: 300 }, () => random.text());
  const coded = [
    '',
    'YQ==',
    'YWI=',
    'YWJj',
    'YQ==\n\n\n\n',
    'Y\nQ==\r\n\n',
    'YR==',
    'Y===',
    'YQ=',
    'YQ=a',
    'Y%==',
    'é===',
  ];
  await reference.compare([
    ...bytes.map((list): Case => [call('decodeUTF8', list), () => decodeUtf8(bytesOf(list))]),
    ...bytes.map((list): Case => [call('base64', list), () => base64(list)]),
    ...bytes.map((list): Case => [call('base64Decode', base64(list)), () => base64Decode(base64(list))]),
    ...texts.map((text): Case => [call('encodeUTF8', text), () => [...encodeUtf8(text)]]),
  ]);
  await reference.compare(
    [
      ...characters,
      ...points,
      ...texts.slice(0, 60).map((text): Case => [call('base64', text), () => base64(text)]),
      ...[[1, 256], [-1], [1.5]].map((list): Case => [call('decodeUTF8', list), () => decodeUtf8(bytesOf(list))]),
      ...[[1, 256], [-1], [1.5]].map((list): Case => [call('base64', list), () => base64(list)]),
      ...coded.map((text): Case => [call('base64Decode', text), () => base64Decode(text)]),
      ...coded.map((text): Case => [call('base64DecodeBytes', text), () => [...base64DecodeBytes(text)]]),
    ],
    1,
  );
});

test('hashes are the same', async () => {
  const random = new Random(23);
  const texts = ['', 'abc', ...Array.from({ length: 30 }, () => random.text(40))];
  const names = ['md5', 'sha1', 'sha256', 'sha512', 'sha3'] as const;
  await reference.compare(
    texts.flatMap((text) => names.map((name): Case => [call(name, text), () => hash(name, text)])),
  );
});

test('integers are read alike', async () => {
  const texts = ['', '-', '+', '0', '-0', '007', '+5', '--5', '1_0', ' 1', '1 ', '1.5', '1e3', '9223372036854775807'];
  texts.push('9223372036854775808', '-9223372036854775808', '-9223372036854775809', '12345678901234567890', '٣');
  texts.push(
    '7',
    '8',
    'ff',
    'FF',
    'fg',
    ':',
    '?',
    '@',
    'G',
    '`',
    '{',
    '/',
    '1:',
    'f'.repeat(300),
    '7'.repeat(400),
    'é',
  );
  await reference.compare(
    texts.flatMap((text): Case[] => [
      [call('parseInt', text), () => parseInteger(text)],
      [call('parseOctal', text), () => parseOctal(text)],
      [call('parseHex', text), () => parseHexadecimal(text)],
    ]),
    1,
  );
});

test('JSON is read alike', async () => {
  const random = new Random(24);
  const documents = Array.from({ length: 400 }, () => JSON.stringify(random.plain(4)));
  const numbers = Array.from({ length: 400 }, () => random.number().toString());
  await reference.compare(
    [...documents, ...numbers].map((text): Case => [call('parseJson', text), () => parseJson(text)]),
  );
  const mutated = documents.slice(0, 200).map((text) => {
    const at = random.below(text.length + 1);
    return (
      text.slice(0, at) + random.pick(['', ' ', ',', '"', '\\', '1', '}', '\n', 'e']) + text.slice(at + random.below(2))
    );
  });
  const grid = [
    '',
    ' ',
    'nul',
    'null',
    ' null ',
    '\ufeffnull',
    '\u00a01',
    '01',
    '-',
    '-0',
    '-0.0',
    '+1',
    '1.',
    '.5',
    '1e',
    '1e5',
  ];
  grid.push(
    '1e999',
    '-1e999',
    '[1e999]',
    '1e-999',
    '1E+2',
    '"\t"',
    '"\u007f"',
    '"\\u00zz"',
    '"\\ud800"',
    '"\\ud800\\u0041"',
  );
  grid.push(
    '"\\ud83d\\ude00"',
    '"\\ude00\\ud83d"',
    '"\\ud800\\ud83d\\ude00"',
    '"\\/\\b"',
    '"\\x"',
    '{"a":1,"a":{"b":2}}',
  );
  grid.push(
    '{"a":{"x":1},"a":{"y":2}}',
    '{"\\ud800":1,"\ufffd":2}',
    '[1,]',
    '{"a":1,}',
    '1 2',
    '[] []',
    "'a'",
    'NaN',
    '// x\n1',
  );
  grid.push('12345678901234567890', '0.1e1');
  grid.push(
    `${'1'.repeat(309)}`,
    `${'1'.repeat(310)}`,
    '{"__proto__":{"a":1}}',
    '1.7976931348623159e308',
    '123456789.123456789e-5',
  );
  await reference.compare(
    [...grid, ...mutated].map(
      (text): Case => [`std.toString(${call('parseJson', text)})`, () => toText(parseJson(text))],
    ),
    1,
  );
});
