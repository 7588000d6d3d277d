/** Input of all expressions: values that literals cannot hold without a type error when compiling. */
export const input = {
  text: 'hello',
  number: 42,
  negative: -7,
  fraction: 1.5,
  large: 1e21,
  nothing: null,
  yes: true,
  list: [1, 'two', null, [3], { four: 4 }],
  numbers: [3, 1, 2],
  object: { b: 1, a: 'x', nested: { deep: [true] } },
  empty: {},
  none: [],
  unicode: 'grüße 世界 😀',
  berlin: [1_711_846_800_000_000_000, 'Europe/Berlin'],
};

/** Every choice of one item from each list. */
export function product(...lists: readonly (readonly string[])[]): string[][] {
  return lists.reduce<string[][]>((rows, list) => rows.flatMap((row) => list.map((item) => [...row, item])), [[]]);
}

/** Calls of a built-in with every choice of operands. */
export function calls(name: string, ...lists: readonly (readonly string[])[]): string[] {
  return product(...lists).map((operands) => `${name}(${operands.join(', ')})`);
}

/** Texts as literals of Rego, which takes no byte order mark but as an escape. */
export const quoted = (texts: readonly string[]): string[] =>
  texts.map((text) => JSON.stringify(text).replaceAll('\ufeff', '\\ufeff'));
