import { test } from 'node:test';
import type { JsonObject } from '#model/json.js';
import { assertRefused, configMap, files, into, type Refusal, resources } from './rendering.js';

const HANDLE = { $secret: { as: 'credentials', key: 'k' } };
const proto = JSON.parse('{"__proto__": {"polluted": true}}') as JsonObject;

const REFUSALS: { readonly [about: string]: { readonly [sentence: string]: Refusal } } = {
  'the shape of what a template returns': {
    'a list': [[], 'TemplateOutputInvalid', 'desired'],
    null: [null, 'TemplateOutputInvalid', 'desired'],
    'a field that Edict does not know': [{ resource: [] }, 'TemplateOutputInvalid', 'desired.resource'],
    'resources that are no list': [{ resources: {} }, 'TemplateOutputInvalid', 'desired.resources'],
    'files that are no list': [{ files: 'a' }, 'TemplateOutputInvalid', 'desired.files'],
    'a resource that is a text': [resources('a'), 'TemplateOutputInvalid', 'desired.resources[0]'],
    'a resource without kind': [
      resources({ apiVersion: 'v1', metadata: { name: 'a' } }),
      'TemplateOutputInvalid',
      'desired.resources[0].kind',
    ],
    'a wave that is a fraction': [
      resources({ wave: 1.5, object: configMap() }),
      'TemplateOutputInvalid',
      'desired.resources[0].wave',
    ],
    'a wave that is too far': [files({ wave: 1001 }), 'TemplateOutputInvalid', 'desired.files[0].wave'],
    'a wrapped resource with an unknown field': [
      resources({ waves: 1, object: configMap() }),
      'TemplateOutputInvalid',
      'desired.resources[0].waves',
    ],
    'a key that changes objects': [
      resources(configMap({ data: proto })),
      'KeyForbidden',
      'desired.resources[0].data.__proto__',
    ],
    'such a key in a layer': [files({ layers: [{ name: 'a', values: { deep: [proto] } }] }), 'KeyForbidden'],
    'waiting for nothing': [{ waiting: [] }, 'TemplateOutputInvalid', 'desired.waiting'],
    'waiting without a message': [
      { waiting: [{ reason: 'A' }] },
      'TemplateOutputInvalid',
      'desired.waiting[0].message',
    ],
    'waiting for a reason of two words': [
      { waiting: [{ reason: 'a b', message: 'm' }] },
      'TemplateOutputInvalid',
      'desired.waiting[0].reason',
    ],
    'waiting for a time that is none': [
      { waiting: [{ reason: 'A', message: 'm', after: 'soon' }] },
      'TemplateOutputInvalid',
      'desired.waiting[0].after',
    ],
    'waiting for a bare number': [
      { waiting: [{ reason: 'A', message: 'm', after: 5 }] },
      'TemplateOutputInvalid',
      'desired.waiting[0].after',
    ],
    'stalled as a text': [{ stalled: 'no' }, 'TemplateOutputInvalid', 'desired.stalled'],
    'a secret in the message of a stall': [
      { stalled: { reason: 'A', message: HANDLE } },
      'TemplateOutputInvalid',
      'desired.stalled.message',
    ],
  },
  'names and labels': {
    'no name': [resources(configMap({}, { name: '' })), 'TemplateOutputInvalid', 'desired.resources[0].metadata.name'],
    'a name with capitals': [
      resources(configMap({}, { name: 'A' })),
      'TemplateOutputInvalid',
      'desired.resources[0].metadata.name',
    ],
    'a name that is too long': [resources(configMap({}, { name: 'a'.repeat(254) })), 'TemplateOutputInvalid'],
    'a Service name that is no DNS label': [
      resources({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'a'.repeat(64), namespace: 'x' } }),
      'TemplateOutputInvalid',
    ],
    'a role name with a slash': [
      resources({ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name: 'a/b' } }),
      'TemplateOutputInvalid',
    ],
    generateName: [
      resources(configMap({}, { generateName: 'a-' })),
      'TemplateOutputInvalid',
      'desired.resources[0].metadata.generateName',
    ],
    'owner references': [
      resources(configMap({}, { ownerReferences: [] })),
      'TemplateOutputInvalid',
      'desired.resources[0].metadata.ownerReferences',
    ],
    'a uid': [resources(configMap({}, { uid: 'u' })), 'TemplateOutputInvalid'],
    'a status': [resources(configMap({ status: {} })), 'TemplateOutputInvalid', 'desired.resources[0].status'],
    'a label that is a number': [
      resources(configMap({}, { labels: { a: 1 } })),
      'TemplateOutputInvalid',
      'desired.resources[0].metadata.labels["a"]',
    ],
    'a label value with a space': [
      resources(configMap({}, { labels: { a: 'b c' } })),
      'TemplateOutputInvalid',
      'desired.resources[0].metadata.labels["a"]',
    ],
    'a label value that is too long': [
      resources(configMap({}, { labels: { a: 'b'.repeat(64) } })),
      'TemplateOutputInvalid',
    ],
    'a label key that is none': [resources(configMap({}, { labels: { 'a b': 'c' } })), 'TemplateOutputInvalid'],
    'labels that are a list': [
      resources(configMap({}, { labels: [] })),
      'TemplateOutputInvalid',
      'desired.resources[0].metadata.labels',
    ],
    'the label of an owner': [
      resources(configMap({}, { labels: { 'edict.dev/owner': 'x' } })),
      'TemplateOutputInvalid',
    ],
    'the annotation of what was applied': [
      resources(configMap({}, { annotations: { 'edict.dev/applied': 'x' } })),
      'TemplateOutputInvalid',
    ],
    'a deletion that is neither': [
      resources(configMap({}, { annotations: { 'edict.dev/deletion': 'Keep' } })),
      'TemplateOutputInvalid',
    ],
    'annotations of more than 256 KiB': [
      resources(configMap({}, { annotations: { a: 'x'.repeat(262_144) } })),
      'TemplateOutputInvalid',
    ],
    'a finalizer that is none': [resources(configMap({}, { finalizers: ['a b'] })), 'TemplateOutputInvalid'],
    'an object that no cluster takes': [
      resources(configMap({ data: { a: 'x'.repeat(1_600_000) } })),
      'TemplateOutputTooLarge',
      'desired.resources[0]',
    ],
  },
  'what the rule allows': {
    'a kind that is not listed': [
      resources({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' } }),
      'WriteForbidden',
      'desired.resources[0]',
    ],
    'a kind of another group': [
      resources({ apiVersion: 'other/v1', kind: 'ConfigMap', metadata: { name: 'a' } }),
      'WriteForbidden',
    ],
    'another namespace than its own': [
      resources(configMap({}, { namespace: 'y' })),
      'NamespaceForbidden',
      'desired.resources[0].metadata.namespace',
    ],
    'a namespace that is not listed': [
      resources({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'a', namespace: 'z' } }),
      'NamespaceForbidden',
    ],
    'no namespace where several are listed': [
      resources({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'a' } }),
      'NamespaceForbidden',
    ],
    'a namespace that is none': [
      resources({
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'ClusterRole',
        metadata: { name: 'a', namespace: 'A/b' },
      }),
      'NamespaceForbidden',
    ],
    'a namespace that is a number': [resources(configMap({}, { namespace: 1 })), 'NamespaceForbidden'],
    'a repository that is not listed': [into({ name: 'other/a' }), 'WriteForbidden', 'desired.files[0].repository'],
    'a remote that there is not': [into({ remote: 'github' }), 'RemoteUnknown', 'desired.files[0].repository.remote'],
    'a remote that is no Git': [into({ remote: 'charts' }), 'RemoteUnknown'],
    'a URL that no remote covers': [into({ remote: 'https://git.example.org/rootless' }), 'RemoteUnknown'],
    'a path that is not listed': [files({ path: 'other/a' }), 'WriteForbidden', 'desired.files[0].path'],
  },
  'targets that meet': {
    'one object twice': [resources(configMap(), configMap({ data: {} })), 'PathTaken', 'desired.resources[1]'],
    'one object in two versions and two waves': [
      resources(
        { apiVersion: 'argoproj.io/v1alpha1', kind: 'ApplicationSet', metadata: { name: 'a' } },
        {
          wave: 1,
          object: { apiVersion: 'argoproj.io/v1', kind: 'ApplicationSet', metadata: { name: 'a', namespace: 'x' } },
        },
      ),
      'PathTaken',
    ],
    'one path twice': [files({}, { content: 'b' }), 'PathTaken', 'desired.files[1]'],
    'one path by name and by URL of the remote': [
      files({}, { repository: { remote: 'https://git.example.org/root/', name: 'team/a.git', branch: 'main' } }),
      'PathTaken',
    ],
    'a file that is also a folder': [
      files({ path: 'apps/a' }, { path: 'apps/a/b/c' }),
      'PathTaken',
      'desired.files[1]',
    ],
  },
  'secret handles': {
    'in a file': [files({ content: { deep: [HANDLE] } }), 'SecretForbidden', 'desired.files[0].content.deep[0]'],
    'in a layer': [files({ layers: [{ name: 'a', values: { password: HANDLE } }] }), 'SecretForbidden'],
    'as a name': [resources(configMap({}, { name: HANDLE })), 'SecretForbidden', 'desired.resources[0].metadata.name'],
    'in a label': [resources(configMap({}, { labels: { a: HANDLE } })), 'SecretForbidden'],
    'in an annotation': [resources(configMap({}, { annotations: { a: HANDLE } })), 'SecretForbidden'],
    'in an event': [
      resources({ apiVersion: 'v1', kind: 'Event', metadata: { name: 'a' }, message: HANDLE }),
      'SecretForbidden',
    ],
    'of a read that there is not': [
      resources(configMap({ data: { a: { $secret: { as: 'nobody', key: 'k' } } } })),
      'ReadForbidden',
      'desired.resources[0].data.a',
    ],
    'of a read that is no Secret': [
      resources(configMap({ data: { a: { $secret: { as: 'map', key: 'k' } } } })),
      'ReadForbidden',
    ],
    'of a read of many Secrets': [
      resources(configMap({ data: { a: { $secret: { as: 'all', key: 'k' } } } })),
      'ReadForbidden',
    ],
    'without a key': [
      resources(configMap({ data: { a: { $secret: { as: 'credentials' } } } })),
      'TemplateOutputInvalid',
    ],
    'beside other fields': [resources(configMap({ data: { a: { ...HANDLE, more: 1 } } })), 'TemplateOutputInvalid'],
  },
};

for (const [about, cases] of Object.entries(REFUSALS)) {
  test(`${about}: what cannot be published is refused by code, file, object and path`, () => assertRefused(cases));
}
