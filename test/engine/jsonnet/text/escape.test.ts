import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  escapeStringBash,
  escapeStringDollars,
  escapeStringJson,
  escapeStringJsonStrictly,
  escapeStringPython,
  escapeStringXml,
} from '#jsonnet/text/escape.js';

test('every way of escaping has its own characters', () => {
  const text = `"\\\n\u0000\u007f\u2028\ud800é$1'<&>`;
  assert.equal(escapeStringJson(text), `"\\"\\\\\\n\\u0000\\u007f\u2028\ufffdé$1'<&>"`);
  assert.equal(escapeStringJsonStrictly(text), `"\\"\\\\\\n\\u0000\u007f\\u2028\ufffdé$1'<&>"`);
  assert.equal(escapeStringPython('a"\n'), '"a\\"\\n"');
  assert.equal(escapeStringBash(`a'b$1"`), `'a'"'"'b$1"'`);
  assert.equal(escapeStringDollars('$a$$&'), '$$a$$$$&');
  assert.equal(escapeStringXml(`<a b="c'">&amp;`), '&lt;a b=&quot;c&apos;&quot;&gt;&amp;amp;');
});

test('what needs no escaping is quoted as it is', () => {
  assert.equal(escapeStringJson('plain é \u{1f600}'), '"plain é \u{1f600}"');
});
