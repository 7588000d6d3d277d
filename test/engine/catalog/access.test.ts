import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { type Access, type AccessPlace, accessOf, kindNames } from '#catalog/access.js';
import type { Catalog, CatalogEntry } from '#catalog/catalog.js';
import type { JsonObject } from '#model/json.js';
import { crd, entryOf, kindFiles, rule, Workbench } from './rule-set.js';

const workbench = new Workbench();
after(() => workbench.close());

const CATALOG = { entries: [], stalled: [] } as unknown as Catalog;

/** What one line of a rule leads to, besides what every rule has, as `verbs group/resource[/name] @ place`. */
function accesses(spec: JsonObject, catalog: Catalog = CATALOG, entry: CatalogEntry = entryOf(spec)): string[] {
  return accessOf(entry, kindNames(catalog)).map(written);
}

function written({ group, resource, verbs, place, name, isOfChildren }: Access): string {
  const target = `${group}/${resource}${name === undefined ? '' : `/${name}`} @ ${placeText(place)}`;
  return `${verbs.join(' ')} ${target}${isOfChildren === true ? ' as children' : ''}`;
}

function placeText(place: AccessPlace): string {
  return typeof place === 'string' ? place : place.namespace;
}

const SEEN = 'get list watch';
const OWNER = `${SEEN} patch example.org/gadgets @ own`;
const REFERENCES = 'update example.org/gadgets/finalizers @ own as children';
/** What is watched, and what is written as the identity of the installation says. */
const made = (target: string): readonly string[] => [`${SEEN} ${target}`, `create patch delete ${target} as children`];
const read = (more: JsonObject): JsonObject => ({ reads: { resources: [{ as: 'it', ...more }] } });
const write = (more: JsonObject): JsonObject => ({ writes: { resources: [more] } });
const SECRET = { apiVersion: 'v1', kind: 'Secret' } as const;

const grid: readonly (readonly [title: string, spec: JsonObject, expected: readonly string[]])[] = [
  ['nothing read or written', {}, []],
  ['a read by a name of the object', read({ ...SECRET, name: { path: 'spec.secret' } }), [`${SEEN} /secrets @ own`]],
  ['a read of one name', read({ ...SECRET, name: 'token' }), [`${SEEN} /secrets/token @ own`]],
  [
    'one name in one namespace',
    read({ ...SECRET, name: 'token', namespace: 'vault' }),
    [`${SEEN} /secrets/token @ vault`],
  ],
  [
    'a read by labels in one namespace',
    read({ ...SECRET, labels: { a: 'b' }, namespace: 'vault' }),
    [`${SEEN} /secrets @ vault`],
  ],
  [
    'a read everywhere',
    read({ apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'any' }),
    [`${SEEN} apps/deployments @ any`],
  ],
  [
    'a read in a namespace that the object names',
    read({ apiVersion: 'v1', kind: 'ConfigMap', namespace: { path: 'spec.namespace' } }),
    [`${SEEN} /configmaps @ any`],
  ],
  ['a read of what has no namespace', read({ apiVersion: 'v1', kind: 'Node' }), [`${SEEN} /nodes @ any`]],
  [
    'a write beside the object',
    write({ apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy' }),
    [REFERENCES, ...made('networking.k8s.io/networkpolicies @ own')],
  ],
  [
    'a patch of what others have',
    { writes: { patches: [{ apiVersion: 'v1', kind: 'Node', fields: ['spec.taints'], namespaces: 'any' }] } },
    [`${SEEN} /nodes @ any`, 'patch /nodes @ any as children'],
  ],
  [
    'a write to some namespaces',
    write({ apiVersion: 'v1', kind: 'Endpoints', namespaces: ['east', 'west'] }),
    [REFERENCES, ...made('/endpoints @ east'), ...made('/endpoints @ west')],
  ],
  [
    'a write anywhere',
    write({ apiVersion: 'v1', kind: 'Pod', namespaces: 'any' }),
    [REFERENCES, ...made('/pods @ any')],
  ],
  [
    'a write of what has no namespace',
    write({ apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass' }),
    [REFERENCES, ...made('storage.k8s.io/storageclasses @ any')],
  ],
];

for (const [title, spec, expected] of grid) {
  test(`access: ${title}`, () => assert.deepEqual(accesses(spec), [OWNER, ...expected]));
}

test('access: a built-in kind is given a status only where its template tells one', () => {
  const functions = ['desired', 'status'] as const;
  const entry = entryOf({}, { template: { path: 'templates/shop/gadget.jsonnet', functions } });
  assert.deepEqual(accesses({}, CATALOG, entry), [OWNER, 'patch example.org/gadgets/status @ own']);
});

test('access: names and scopes are those that the CRDs of the rule set give', async () => {
  const definition = crd('Ox')
    .replaceAll('oxs', 'oxen')
    .replace('scope: Namespaced', 'scope: Cluster')
    .replace('    subresources: {status: {}}\n', '');
  const spec = '  writes: {resources: [{apiVersion: example.org/v1, kind: Ox}, {apiVersion: v1, kind: Pod}]}\n';
  const catalog = await workbench.load({
    ...kindFiles('farm', 'Ox'),
    ...kindFiles('farm', 'Herd', spec),
    'crds/farm/ox.yaml': definition,
    'rules/farm/ox.yaml': rule('Ox', '  reads: {resources: [{as: straw, apiVersion: v1, kind: ConfigMap}]}\n'),
  });
  assert.deepEqual(catalog.faults, []);
  const names = kindNames(
    catalog,
    new Map([
      ['/ConfigMap', 'never asked for'],
      ['x.org/Fish', 'fish'],
    ]),
  );
  assert.deepEqual(
    catalog.entries.map((entry) => accessOf(entry, kindNames(catalog)).map(written)),
    [
      [
        `${SEEN} patch example.org/herds @ own`,
        'patch example.org/herds/status @ own',
        'update example.org/herds/finalizers @ own as children',
        ...made('example.org/oxen @ any'),
        ...made('/pods @ own'),
      ],
      // What belongs to the namespace of an owner that has none may be anywhere.
      [`${SEEN} patch example.org/oxen @ any`, `${SEEN} /configmaps @ any`],
    ],
  );
  assert.equal(names.plural({ apiVersion: 'x.org/v1', kind: 'Fish' }), 'fish');
});
