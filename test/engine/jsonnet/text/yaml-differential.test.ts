import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { manifestYamlDoc } from '#jsonnet/text/manifest-yaml.js';
import { parseYaml } from '#jsonnet/text/parse-yaml.js';
import type { Plain } from '#jsonnet/text/plain.js';
import { toText } from '#jsonnet/text/to-text.js';
import { filesUnder } from '../../../../tools/files.js';
import { literal, Random } from './random.js';
import { type Case, Reference } from './reference.js';
import { DOCUMENTS, PIECES, SCALARS } from './yaml-samples.js';

const reference = new Reference();
after(() => reference.close());

const parse = (text: string): Case => [`std.toString(std.parseYaml(${literal(text)}))`, () => toText(parseYaml(text))];

test('YAML that was manifested is read back alike', async () => {
  const random = new Random(31);
  const texts = Array.from({ length: 300 }, (): string => {
    const layout = { indentArrayInObject: random.next() < 0.5, quoteKeys: random.next() < 0.3 };
    return manifestYamlDoc(random.plain(4), layout);
  });
  await reference.compare(texts.map(parse), 8);
});

test('every scalar means the same, as value, key and with every tag', async () => {
  const random = new Random(32);
  const letters = [...'0123456789abexopXEN+-._:~,TZ /'];
  const words = Array.from({ length: 600 }, () => random.list(7, () => random.pick(letters)).join(''));
  const known = Array.from({ length: 400 }, () => random.word());
  const tags = [
    '',
    '',
    '',
    '!!str ',
    '!!int ',
    '!!float ',
    '!!bool ',
    '!!null ',
    '!!binary ',
    '!!timestamp ',
    '!x ',
    '! ',
  ];
  const scalars = [...words, ...known, ...SCALARS].filter((text) => !/[\n\r]/.test(text));
  await reference.compare(
    scalars.flatMap((text) => [parse(`- ${text}`), parse(`${random.pick(tags)}${text}`), parse(`${text}: ${text}`)]),
    4,
  );
});

test('the documents of the project are read alike', async () => {
  const files = ['rules', 'crds', 'examples'].flatMap((folder) => filesUnder(folder).map((path) => join(folder, path)));
  const texts = files.filter((path) => path.endsWith('.yaml')).map((path) => readFileSync(path, 'utf8'));
  await reference.compare(texts.map(parse), 8);
});

test('documents of every shape are read or refused alike', async () => {
  await reference.compare(DOCUMENTS.map(parse), 1);
});

test('what is put together from pieces is read or refused alike', async () => {
  const random = new Random(33);
  const texts = Array.from({ length: 2500 }, () => random.list(14, () => random.pick(PIECES)).join(''));
  await reference.compare(texts.map(parse), 1);
});

test('what is damaged is read or refused alike', async () => {
  const random = new Random(34);
  const values: Plain[] = Array.from({ length: 40 }, () => random.plain(4));
  const sources = [
    ...values.map((value) => manifestYamlDoc(value, { indentArrayInObject: false, quoteKeys: false })),
    // The reference loses a last line of 4096 bytes without an end.
    ...DOCUMENTS.filter((text) => text.length < 1000),
  ];
  const texts = Array.from({ length: 1500 }, (): string => {
    const characters = [...random.pick(sources)];
    characters.splice(random.below(characters.length + 1), random.below(3), random.pick(PIECES));
    return characters.join('');
  });
  await reference.compare(texts.map(parse), 1);
});

test('aliases are followed as far, and no farther', async () => {
  const texts = [90, 99, 100, 101, 110].flatMap((aliases) =>
    [1, 8, 12, 100].map((elements) => {
      const list = `- &a [${'x, '.repeat(elements)}]\n`;
      return `${list}- [${'*a, '.repeat(aliases)}]\n- [${'y, '.repeat(aliases > 99 ? 1 : 40)}]\n`;
    }),
  );
  await reference.compare(texts.map(parse), 1);
});
