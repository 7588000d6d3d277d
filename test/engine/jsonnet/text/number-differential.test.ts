import { after, test } from 'node:test';
import { fail } from '#jsonnet/failure.js';
import { numberText, shortestText } from '#jsonnet/text/number-text.js';
import type { Plain } from '#jsonnet/text/plain.js';
import { exponential, logarithm, power } from '#jsonnet/text/powers.js';
import { formatPlain } from './format-plain.js';
import { literal, Random } from './random.js';
import { type Case, Reference } from './reference.js';

const reference = new Reference();
after(() => reference.close());

test('numbers become the same text', async () => {
  const random = new Random(1);
  const numbers = Array.from({ length: 3000 }, () => random.number());
  await reference.compare(
    numbers.flatMap((number): Case[] => [
      [`std.toString(${literal(number)})`, () => numberText(number)],
      [`std.manifestJsonEx(${literal(number)}, '')`, () => shortestText(number)],
    ]),
  );
});

test('logarithms, exponentials and powers have the same last bit', async () => {
  const random = new Random(2);
  const cases: Case[] = [];
  const checked = (value: number): number => {
    return Number.isFinite(value) ? value : fail('Overflow');
  };
  for (let index = 0; index < 1000; index++) {
    const number = Math.abs(random.number());
    const small = (random.next() - 0.5) * 1500;
    const exponent = random.pick([random.below(600) - 320, random.next() * 10, small]);
    const base = random.pick([10, 2, number, random.next() * 100]);
    cases.push([`std.log(${literal(number)})`, () => checked(logarithm(number))]);
    cases.push([`std.exp(${literal(small)})`, () => checked(exponential(small))]);
    cases.push([`std.pow(${literal(base)}, ${literal(exponent)})`, () => checked(power(base, exponent))]);
  }
  await reference.compare(cases);
});

const FLAGS = ['', '', '0', '-', ' ', '+', '#', '#0', '0+', '- ', '+ ', '#0+', '-0'];

function directive(random: Random, key: string): string {
  const width = random.pick(['', '', '', '1', '5', '12', '30']);
  const precision = random.pick(['', '', '.', '.0', '.1', '.3', '.10', '.17']);
  const length = random.pick(['', '', '', 'h', 'l', 'L']);
  return `%${key}${random.pick(FLAGS)}${width}${precision}${length}${random.pick([...'dddiuoxXeEfFgGcs%'])}`;
}

test('single numbers are formatted alike by every directive', async () => {
  const random = new Random(3);
  await reference.compare(
    Array.from({ length: 500 }, (): Case => {
      const text = directive(random, '');
      const value = random.number();
      return [`${literal(text)} % ${literal(value)}`, () => formatPlain(text, [value])];
    }).map(([expression, compute]) => [expression.replace(/ % (\S+)$/, ' % [$1]'), compute]),
  );
});

test('formats of several directives take the same values', async () => {
  const random = new Random(4);
  await reference.compare(
    Array.from({ length: 100 }, (): Case => {
      const text = random.list(3, () => random.text(2).replaceAll('%', '') + directive(random, '')).join('');
      const values = text
        .split('%')
        .slice(1)
        .map((part) => (/[cs]$/.test(part) ? random.plain(1) : random.number()));
      return [`${literal(text)} % ${literal(values)}`, () => formatPlain(text, values)];
    }),
  );
});

test('formats with keys take the same fields', async () => {
  const random = new Random(5);
  await reference.compare(
    Array.from({ length: 100 }, (): Case => {
      const keys = ['a', 'b.c', ''];
      const text = random.list(3, () => random.text(2) + directive(random, `(${random.pick(keys)})`)).join('');
      const values = { a: random.number(), 'b.c': random.number(), '': random.plain(1) };
      return [`${literal(text)} % ${literal(values)}`, () => formatPlain(text, values)];
    }),
  );
});

test('widths and precisions come from the values, and what is malformed fails alike', async () => {
  const grid: [string, Plain][] = [];
  for (const text of ['%*d', '%-*d', '%0*d', '%.*f', '%*.*f', '%.*e', '%.*g', '%.*d', '%.*s', '%*%', '%*.*s|%d']) {
    const options = [[], [1], [8, 1], [2.5, 3], [-3, 7], [8, 2, 1.5], ['a', 1], [null, 1], [3, 2.7, 'x', 4], [1, 'é']];
    for (const values of options) grid.push([text, values]);
  }
  for (const text of '% %5 %(a %(a) %y %5(a)d %*5d %hhd %. %é 100% plain %% %5%'.split(' ')) {
    for (const values of [[], [1], 1, 'x', null, true, {}, { a: 1 }] as Plain[]) grid.push([text, values]);
  }
  for (const text of ['%d', '%s', '%c', '%x', '%g', '%(a)d', '%(a)s', '%(a)c', '%(a)*d', '%(a).*f', '%(a)*%']) {
    const options: Plain[] = [[null], [true], ['x'], ['xy'], ['\u{1f600}'], [-1], [33], [1114112], [[]], [{}], 65.9];
    for (const values of options) grid.push([text, values], [text, { a: (values as Plain[])[0] ?? values }]);
  }
  for (const number of [
    1e22, 1e23, 123456789012345680000, 1e308, 9.999999999, 99999.95, 0.5, 1.5, 2.5, 1e305, 5e-324,
  ]) {
    for (const text of '%d %x %o %#o %f %e %g %.0f %.0e %.0g %.20f %.300f %.400f'.split(' ')) {
      grid.push([text, number], [text, -number]);
    }
  }
  await reference.compare(
    grid.map(([text, values]) => [`std.format(${literal(text)}, ${literal(values)})`, () => formatPlain(text, values)]),
    2,
  );
});
