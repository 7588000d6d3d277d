/** Lists of YAML texts; each line holds some of them as JSON. */
const listed = (lines: string): readonly string[] =>
  lines
    .trim()
    .split('\n')
    .flatMap((line) => JSON.parse(`[${line}]`) as string[]);

/** What may be taken for something else than a text. */
export const SCALARS = listed(String.raw`
"2001-12-14", "2001-1-1", "2001-02-30", "2001-12-14t21:59:43.10-05:00", "2001-12-14 21:59:43.10"
"2001-12-14T21:59:43Z", "9223372036854775807", "9223372036854775808", "18446744073709551615"
"18446744073709551616", "-9223372036854775809", "0b-1", "0b+1", "-0b1", "0b", "0x", "0o", "0o8", "08", "-07"
"+0x1F", "0xFFFFFFFFFFFFFFFF", "0x10000000000000000", "1e400", "1e3", "1E-2", ".5", ".5_5", "5.", "1_0.5", "-.5"
"+.5", "-0", "-0.0", "0.1", "1234567.5", "100000.0", "1e-5", "1e30", "3.4e39", "SGVsbG8=", "SGVs bG8=", "/w=="
"x", "<<", "=", "1:20", "190:20:30", "1,000", "!!str", "&a b", "*a", "@x", "\u0060x", "%x", "a#b", "a #b"
`);

/** What YAML is put together from, or damaged by. */
export const PIECES = listed(String.raw`
"a", "b", "foo", "1", "yes", "\"q\"", "'s'", "\"", "'", "\\", "\n", "\n", "\n", "\n  ", "\n ", " ", "  ", "\t"
"\r\n", "\r", ": ", ":", "- ", "-", "? ", "?", ", ", ",", "[", "]", "{", "}", "[a, b]", "{a: b}", "{", "}", "#"
" # c", "|", ">", "|-", ">+", "|2", "&x ", "*x", "!!str ", "!t ", "! ", "<<: ", "<<: *x", "---", "\n---\n"
"\n...\n", "%YAML 1.1", "%", "@", "\u0060", "\u00e9", "\ud83d\ude00", "a: b", "a: &x {b: 1}", "\nc: *x", "\n- "
"\n  - ", "\nk: ", "\n  k: ", "~", "\u0085", "\u2028", "\ufeff", "\u00a0", "\\n", "\\x41", "\\u00e9"
`);

/** Whole texts, good ones and bad ones. */
export const DOCUMENTS = [
  ...listed(String.raw`
"", " ", "\n", "# c", "---", "--- a", "---\n", "---\n---\n", "a\n---\nb", "---\na\n---\nb\n", "---a"
"--- |\n x\n", "...", "---\n...\n", "a\n...\nb", "# c\n---\na: 1\n", "a: 1\n---\n", "\ufeffa: 1"
"\ufeff\ufeffa: 1", "a: |\n  x\n   y\n\n  z\n\n", "a: |+\n  x\n\n", "a: |-\n  x\n\n"
"a: >\n  x\n  y\n\n  z\n   w\n  v\n", "a: >-\n\n  x\n\n\n  y\n", "- |1\n  x\n", "- |0\n x", "|\n x\n", ">\n\n\n"
"a: |\n\tx", "|\na", "a:\n- b\n- c", "a:\n  - b\n  -c", "- - a\n  - b\n-\n  - c", "-\n-\n- a"
"{a: 1, b, c: , ? d : e, \"f\":g}", "[a, b: c, {d: e}, [f], ]", "[,]", "{,}", "[a b]", "{a:1}", "{\"a\":1}"
"{'a':1}", "[a:1]", "[? a : b]", "[? : b]", "[?]", "[: b]", "{: b}", "{?}", "[]: 1", "{}: 1", "[a]: 1"
"? [a]\n: 1", "? a\n: b\n? c", "? a", ": a", "a: b: c", "a: - b", "- a: b\n  c: d", "- ? a\n  : b", "a\nb: c"
"a: b\n c", "a: b\nc", " a: b\nc: d", "a:\n b: c\n  d: e", "a: \"x\n  y\n\n  z\"", "a: 'x\n\n y'", "\"a\\\n  b\""
"\"a \\\n b\"", "\"\\x41\\u00e9\\U0001F600\\N\\_\\L\\P\\e\\/\"", "\"\\0\\a\\b\\t\\n\\v\\f\\r\\e\\ \\\"\\\\\""
"\"\\ud800\"", "\"\\q\"", "'it''s'", "\"a", "'a", "\"a\"b", "\"a\": b", "\"a\" : b", "\"a\":b", "'a':b", "a : b"
"a  :  b", "a:b", "a:", "a: \n", "a:\tb", "\ta: b", "a:\n\tb", "- \ta", "-\ta", "[\ta]", "a: b\t# c", "a: b # c"
"a: b#c", "\"a\"#c", "\"a\" #c", "a: &x 1\nb: *x", "a: &x [1, *x]", "&a b: c", "&a\nb: c", "a: &b\nc: *b", "a: *x"
"*x", "&x", "- &x\n- *x", "- &a a\n- &a b\n- *a", "&a-b_1 c", "&a: b", "&\u00e9 a", "{&a b: *a}", "*a : b"
"&a b: *a", "- &x {a: 1}\n- <<: *x", "a: &x {p: 1, q: 2}\nb: {<<: *x, q: 3}", "a: &x {p: 1}\nb: {p: 2, <<: *x}"
"- &x {a: 1}\n- &y {a: 2, b: 3}\n- <<: [*x, *y]\n  c: 4", "<<: {a: 1}", "<<: 1", "<<: [1]", "\"<<\": {a: 1}"
"!!merge <<: {a: 1}", "<<: [{a: 1}, {a: 2, b: 2}]", "<<", "- <<", "a: 1\na: 2", "{a: 1, a: 2}"
"1: a\n2.5: b\ntrue: c\n~: d", "1: a\n2.5: b\nyes: c", "{1e3: a, .5: b, 0x10: c, 2001-01-01: d}", "a: .nan"
".nan: 1", ".inf: 1", "a: .nan\na: 1", "null: 1", "{? ~ : 1}", "{a: {? ~ : 1}, a: 2}", "18446744073709551615: a"
"%YAML 1.1\n---\na", "%YAML 1.2\n---\na", "%TAG !e! tag:e,2000:\n---\n!e!x a", "%FOO\n---\na", "%YAML 1.1\na"
"!e!x a", "!<tag:yaml.org,2002:int> 1", "!<!x> 1", "!<> 1", "!!int 1.5", "!!set {a, b}", "!!map {a: 1}"
"!!seq [a]", "!!omap [a: 1]", "!!str", "!!str\na: b", "!!null x", "!!binary \"/w==\"", "!!float 1", "!%41 a"
"!a%zz b", "!x&a b", "&a !x b", "!!str &a b", "!x !y a", "&a &b c", "!x*a", "a: !!str\nb: 1"
"!!binary SGVsbG8=: 1", "- !!binary |\n  SGVs\n  bG8=\n", "a: 1 \nb: 2\t\n", "a:   \n  b", "a: b\n\n\nc: d\n\n"
"a: b\r\nc: d\r\n", "a: b\rc: d", "a: b\u0085c: d", "a: b\u2028c: d", "a: \"b\u2028c\"", "a\u00a0b: c"
"a: \u0001", "a: \u007f", "a: \ufffe", "\ud83d\ude00: \ud83d\ude00", "- \u00e9: \u00fc\n  \u00f6: \u00e4"
"- a\n b", "- a\n- b\n c: d", "a: [b,\nc]", "a: [b,\n c\n]", "a: {b: c,\n d: e}\nf: g", "a: [\n# c\nb]", "[a, b"
"{a: b", "a]", "a}", "}", "]", "a, b", "[a}", "{a]", "- [a\n- b]", "a: b\n- c", "- a\nb: c", "a:\n- b\nc:\n- d"
"a:\n - b\n - c\nd: e", "a: &a [x, x, x]\nb: &b [*a, *a]\nc: [*b, *b]", "- &a [x]\n- &b [*a]\n- [*b, *a]", "a: @b"
"a: \u0060b", "a: %b", "%a: b", "@a", "\u0060a", "|", ">", "a: |", "a: >\n", "- |\n- >", "- |x\n", "- | # c\n  a"
"- |#c\n  a"
`),
  ...[1024, 1025].flatMap((length) => [
    `${'x'.repeat(length)}: 1`,
    `? ${'x'.repeat(length)}\n: 1`,
    `"${'x'.repeat(length)}": 1`,
    `[${'x'.repeat(length)}: 1]`,
    `{${'x'.repeat(length)}: 1}`,
    `${'\u{1f600}'.repeat(length)}: 1`,
  ]),
  `${'- '.repeat(200)}a`,
  '['.repeat(200) + ']'.repeat(200),
  `- &a [${'x, '.repeat(50)}]\n- &b [${'*a, '.repeat(50)}]\n- &c [${'*b, '.repeat(50)}]`,
];
