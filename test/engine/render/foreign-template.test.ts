import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Json, JsonObject } from '#model/json.js';
import type { KubernetesObject } from '#model/object.js';
import { configMap, desired, files, OWNER, rendered, resources } from './rendering.js';

const EXPRESSION = '{{ exec }}';
const APPLICATION_SET = { apiVersion: 'argoproj.io/v1alpha1', kind: 'ApplicationSet', metadata: { name: 'a' } };
const owning = (spec: JsonObject, metadata: JsonObject = {}): KubernetesObject => ({
  ...OWNER,
  metadata: { ...OWNER.metadata, ...metadata } as KubernetesObject['metadata'],
  spec,
});
const asFile = (content: Json, path = 'apps/a.yaml'): Json => files({ content, path });

test('text with {{ of a custom resource reaches no ApplicationSet, in whatever form and by whatever way', async () => {
  const body = (text: string): JsonObject => ({ ...APPLICATION_SET, spec: { deep: [{ text }] } });
  const reaching: readonly (readonly [string, Json, KubernetesObject])[] = [
    ['an object', resources(body(EXPRESSION)), owning({ text: EXPRESSION })],
    ['a part of a text', resources(body(`a ${EXPRESSION} b`)), owning({ text: `x${EXPRESSION}y` })],
    ['an expression that is not closed', resources(body('a {{ b')), owning({ text: '{{ b' })],
    ['a key', resources({ ...APPLICATION_SET, spec: { [EXPRESSION]: 1 } }), owning({ [EXPRESSION]: 1 })],
    ['an annotation of the owner', resources(body(EXPRESSION)), owning({}, { annotations: { a: EXPRESSION } })],
    ['a file of YAML', asFile(body(EXPRESSION)), owning({ text: EXPRESSION })],
    ['a file of YAML where it must be quoted', asFile(body(`it's "{{ 'x' }}"\n: #`)), owning({ text: `{{ 'x' }}` })],
    ['a file of JSON', asFile(body('{{ "x" }}'), 'apps/a.json'), owning({ text: '{{ "x" }}' })],
    ['a list in a file', asFile({ kind: 'List', items: [body(EXPRESSION)] }), owning({ text: EXPRESSION })],
    [
      'the second document of a file',
      asFile(`a: 1\n---\nkind: ApplicationSet\nspec: "\\x7b{ exec }}"\n`),
      owning({ text: EXPRESSION }),
    ],
    ['a file that is no YAML', asFile(`kind: ApplicationSet\nx: "${EXPRESSION}\n`), owning({ text: EXPRESSION })],
    ['several lines', resources(body('{{ a\nb }}')), owning({ text: '{{ a\nb }}' })],
  ];
  for (const [sentence, output, owner] of reaching) {
    await assert.rejects(rendered(output, owner), { code: 'TemplateOutputInvalid' }, sentence);
  }
  const harmless: readonly (readonly [string, Json, KubernetesObject])[] = [
    ['the template’s own expression', resources(body('{{ .path }}')), owning({ text: EXPRESSION })],
    ['a file of another kind', asFile({ kind: 'Values', text: EXPRESSION }), owning({ text: EXPRESSION })],
    [
      'a mention in the text of another kind',
      resources(configMap({ data: { a: `ApplicationSet ${EXPRESSION}` } })),
      owning({ text: EXPRESSION }),
    ],
    ['a status', resources(body(EXPRESSION)), { ...owning({}), status: { text: EXPRESSION } }],
    ['single braces', resources(body('{x}')), owning({ text: '{x}' })],
  ];
  for (const [sentence, output, owner] of harmless) assert.ok(await desired(output, owner), sentence);
});
