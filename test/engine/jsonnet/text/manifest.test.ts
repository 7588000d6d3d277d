import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Failure } from '#jsonnet/failure.js';
import { manifestIni } from '#jsonnet/text/manifest-ini.js';
import { manifestJson, manifestJsonMinified, manifestOutput } from '#jsonnet/text/manifest-json.js';
import { manifestPython, manifestPythonVars } from '#jsonnet/text/manifest-python.js';
import { manifestToml } from '#jsonnet/text/manifest-toml.js';
import { manifestXmlJsonml } from '#jsonnet/text/manifest-xml.js';
import { manifestYamlDoc, manifestYamlStream } from '#jsonnet/text/manifest-yaml.js';
import { toText } from '#jsonnet/text/to-text.js';

const value = { b: [1, { c: null }], 10: 'x\ny\n', a: {}, d: [[true], []] };
const yaml = { indentArrayInObject: false, quoteKeys: false };

test('keys are sorted and what is empty is shown in each form', () => {
  assert.equal(toText(value), '{"10": "x\\ny\\n", "a": { }, "b": [1, {"c": null}], "d": [[true], [ ]]}');
  assert.equal(manifestJsonMinified(value), '{"10":"x\\ny\\n","a":{},"b":[1,{"c":null}],"d":[[true],[]]}');
  assert.equal(manifestPython(value), '{"10": "x\\ny\\n", "a": {}, "b": [1, {"c": None}], "d": [[True], []]}');
  assert.equal(manifestOutput({ a: [1], b: [] }), '{\n   "a": [\n      1\n   ],\n   "b": [ ]\n}');
  assert.equal(manifestJson({ a: [1], b: [] }), '{\n    "a": [\n        1\n    ],\n    "b": [\n\n    ]\n}');
});

test('YAML has block texts, and quotes only keys that need it', () => {
  assert.equal(manifestYamlDoc(value, yaml), '"10": |\n  x\n  y\na: {}\nb:\n- 1\n- c: null\nd:\n-\n  - true\n- []');
  assert.equal(manifestYamlDoc({ a: [1] }, { indentArrayInObject: true, quoteKeys: true }), '"a":\n  - 1');
  assert.equal(manifestYamlStream([1, 'a'], yaml, true), '---\n1\n---\n"a"\n...\n');
  assert.equal(manifestYamlStream([], yaml, false), '---\n\n');
});

test('TOML has values before tables, and no null', () => {
  assert.equal(
    manifestToml({ t: { x: [1, {}], '': 1 }, a: [{ b: 1 }, {}], 'v w': true }),
    `"v w" = true\n\n[[a]]\n  b = 1\n\n[[a]]\n\n[t]\n  '' = 1\n  x = [\n    1,\n    {  }\n  ]`,
  );
  assert.throws(() => manifestToml({ a: [null] }), Failure);
});

test('INI, Python variables and XML', () => {
  assert.equal(manifestIni({ main: { a: [1, 'x'] }, sections: { s: { b: {} } } }), 'a = 1\na = x\n[s]\nb = { }\n');
  assert.equal(manifestPythonVars({ a: null, b: 'x' }), 'a = None\nb = "x"\n');
  assert.equal(manifestXmlJsonml(['a', { x: 1 }, 'y<', ['b']]), '<a x="1">y<<b></b></a>');
});
