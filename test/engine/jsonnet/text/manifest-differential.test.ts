import { after, test } from 'node:test';
import {
  escapeStringBash,
  escapeStringDollars,
  escapeStringJson,
  escapeStringPython,
  escapeStringXml,
} from '#jsonnet/text/escape.js';
import { manifestIni } from '#jsonnet/text/manifest-ini.js';
import { manifestJson, manifestJsonEx, manifestJsonMinified, manifestOutput } from '#jsonnet/text/manifest-json.js';
import { manifestPython, manifestPythonVars } from '#jsonnet/text/manifest-python.js';
import { manifestToml, manifestTomlEx } from '#jsonnet/text/manifest-toml.js';
import { manifestXmlJsonml } from '#jsonnet/text/manifest-xml.js';
import { manifestYamlDoc, manifestYamlStream } from '#jsonnet/text/manifest-yaml.js';
import type { Plain } from '#jsonnet/text/plain.js';
import { toText } from '#jsonnet/text/to-text.js';
import { literal, Random } from './random.js';
import { type Case, Reference } from './reference.js';

const reference = new Reference();
after(() => reference.close());

test('values become the same JSON, YAML and Python', async () => {
  const random = new Random(11);
  const cases = Array.from({ length: 300 }, () => random.plain(4)).flatMap((value): Case[] => {
    const text = literal(value);
    const layout = { indentArrayInObject: random.next() < 0.5, quoteKeys: random.next() < 0.3 };
    const flags = `${layout.indentArrayInObject}, quote_keys=${layout.quoteKeys}`;
    const end = random.next() < 0.5;
    const [indent, newline, separator] = [random.pick(['', ' ', '\t', 'é']), random.text(2), random.pick([':', ' = '])];
    return [
      [`std.toString(${text})`, () => toText(value)],
      [`std.manifestJson(${text})`, () => manifestJson(value)],
      [`std.manifestJsonMinified(${text})`, () => manifestJsonMinified(value)],
      [
        `std.manifestJsonEx(${[text, ...[indent, newline, separator].map(literal)].join(', ')})`,
        () => manifestJsonEx(value, { indent, newline, separator }),
      ],
      [`std.manifestPython(${text})`, () => manifestPython(value)],
      [`std.manifestYamlDoc(${text}, ${flags})`, () => manifestYamlDoc(value, layout)],
      [
        `std.manifestYamlStream([${text}, ${text}], ${flags}, c_document_end=${end})`,
        () => manifestYamlStream([value, value], layout, end),
      ],
    ];
  });
  await reference.compare(cases);
});

test('the output of the program is the same', async () => {
  const random = new Random(12);
  const values = Array.from({ length: 40 }, () => random.list(20, () => random.plain(3)));
  for (const value of values) await reference.compareOutput(literal(value), `${manifestOutput(value)}\n`);
});

test('the same keys are left bare', async () => {
  const random = new Random(13);
  const layout = { indentArrayInObject: false, quoteKeys: false };
  const alphabet = [...'0123456789abefxopXEP_-./ty'];
  const keys = Array.from({ length: 4000 }, () => random.list(6, () => random.pick(alphabet)).join(''));
  const long = ['0X1P99999', '0X1P-99999', '1'.repeat(400), `-${'9'.repeat(19)}`, '9223372036854775808', '1_0e400'];
  await reference.compare(
    [...keys, ...long].map((key): Case => {
      const value = { [key]: 0 };
      return [`std.manifestYamlDoc(${literal(value)}, quote_keys=false)`, () => manifestYamlDoc(value, layout)];
    }),
    1024,
  );
});

test('tables become the same TOML', async () => {
  const random = new Random(14);
  const withoutNull = (value: Plain): Plain => JSON.parse(JSON.stringify(value).replace(/\bnull\b/g, '7')) as Plain;
  const cases = Array.from({ length: 500 }, (_, index): Case[] => {
    const value = index % 10 === 0 ? random.plain(3) : withoutNull(random.object(4));
    const indent = random.pick(['', ' ', '\t', '\n ']);
    return [
      [`std.manifestToml(${literal(value)})`, () => manifestToml(value)],
      [`std.manifestTomlEx(${literal(value)}, ${literal(indent)})`, () => manifestTomlEx(value, indent)],
    ];
  }).flat();
  await reference.compare(cases, 16);
});

test('sections become the same INI, variables the same Python', async () => {
  const random = new Random(15);
  const cases = Array.from({ length: 100 }, (): Case[] => {
    const body = (): Plain => (random.next() < 0.98 ? random.object(2) : random.plain(0));
    const sections = Object.fromEntries(random.list(3, () => [random.word(), body()]));
    const ini = random.pick<Plain>([{ sections }, { sections }, { main: body(), sections }, { main: body() }]);
    const value = random.next() < 0.95 ? random.object(3) : random.plain(1);
    return [
      [`std.manifestIni(${literal(ini)})`, () => manifestIni(ini)],
      [`std.manifestPythonVars(${literal(value)})`, () => manifestPythonVars(value)],
    ];
  }).flat();
  await reference.compare(cases, 8);
});

test('elements become the same XML', async () => {
  const random = new Random(16);
  const element = (depth: number): Plain => [
    random.next() < 0.95 ? random.word() : random.plain(2),
    ...(random.next() < 0.5 ? [random.object(1)] : []),
    ...random.list(3, () => (depth > 0 && random.next() < 0.5 ? element(depth - 1) : random.text())),
    ...(random.next() < 0.03 ? [random.plain(1)] : []),
  ];
  const values = Array.from({ length: 120 }, () => element(3));
  await reference.compare(
    [...values, 'x', {}, [], [[]], ['a', []], ['a', {}, {}], ['a', 'b', {}], null].map((value): Case => {
      return [`std.manifestXmlJsonml(${literal(value)})`, () => manifestXmlJsonml(value)];
    }),
    8,
  );
});

test('texts are escaped alike', async () => {
  const random = new Random(17);
  const every = Array.from({ length: 700 }, (_, code) => `a${String.fromCharCode(code)}`);
  const cases = [...every, ...Array.from({ length: 300 }, () => random.text(20))].flatMap((text): Case[] => [
    [`std.escapeStringJson(${literal(text)})`, () => escapeStringJson(text)],
    [`std.escapeStringPython(${literal(text)})`, () => escapeStringPython(text)],
    [`std.escapeStringBash(${literal(text)})`, () => escapeStringBash(text)],
    [`std.escapeStringDollars(${literal(text)})`, () => escapeStringDollars(text)],
    [`std.escapeStringXML(${literal(text)})`, () => escapeStringXml(text)],
    [`std.manifestJsonMinified(${literal(text)})`, () => manifestJsonMinified(text)],
  ]);
  await reference.compare(cases, 1024);
});
