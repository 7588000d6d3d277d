import assert from 'node:assert/strict';
import { test } from 'node:test';
import { errorCodes } from '#errors/codes.js';
import { EdictError, faultsOf } from '#errors/edict-error.js';
import { type Fault, formatFault, formatLocation, fragmentOf } from '#errors/fault.js';

const fault: Fault = {
  code: 'RuleInvalid',
  message: 'spec.for lacks kind',
  location: { file: 'rules/a/b.yaml', line: 3, column: 5, path: 'spec.for' },
  fragment: '{apiVersion: v1}',
  remedy: 'Add kind.',
};

test('a fault is printed with file, line, column, path, code, fragment and remedy', () => {
  const text = formatFault(fault);
  for (const part of ['rules/a/b.yaml:3:5', 'spec.for', 'RuleInvalid', '{apiVersion: v1}', 'Add kind.'])
    assert.ok(text.includes(part), part);
  assert.equal(formatFault({ code: 'UsageInvalid', message: 'no', location: {} }), 'no [UsageInvalid]');
  assert.equal(formatLocation({ object: 'Pod/x/a', path: 'spec' }), 'Pod/x/a spec');
});

test('a fragment is one short line, and shows no credentials of a URL', () => {
  assert.equal(fragmentOf('  a\nb'), 'a');
  assert.equal(fragmentOf('x'.repeat(500)).length, 160);
  for (const url of [
    'https://user:secret@host/x',
    '"ssh://secret@host"',
    'a https://secret:@h and oci://u:secret@r/c',
  ]) {
    assert.doesNotMatch(fragmentOf(url), /secret/, url);
  }
  assert.equal(fragmentOf('https://host/a@b'), 'https://host/a@b');
});

test('an error carries all its faults, and what is no such error is a defect of Edict', () => {
  const error = new EdictError([fault, { ...fault, code: 'PolicyInvalid' }]);
  assert.equal(error.code, 'RuleInvalid');
  assert.deepEqual(
    faultsOf(error).map(({ code }) => code),
    ['RuleInvalid', 'PolicyInvalid'],
  );
  assert.equal(faultsOf(new TypeError('x is not a function'))[0]?.code, 'InternalFault');
  assert.equal(faultsOf('text')[0]?.message, 'text');
  assert.equal(new EdictError([]).code, 'InternalFault');
});

test('every code is a word in CamelCase with an explanation', () => {
  for (const [code, meaning] of Object.entries(errorCodes)) {
    assert.match(code, /^[A-Z][A-Za-z0-9]+$/);
    assert.ok(meaning.length > 10, code);
  }
});
