import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ruleIn, Scene } from './cluster-scene.js';

const TEAM = 'team';
const LETTER = 'letters.post.example.com';

let scene: Scene;

before(async () => {
  const flags = { 'kube-apiserver': ['--enable-admission-plugins=OwnerReferencesPermissionEnforcement'] };
  scene = await Scene.open('letters', { flags });
  await scene.kubectl(['create', 'namespace', TEAM]);
});
after(() => scene?.close());

const letter = (name: string, spec: object = { text: 'hello' }): object => ({
  apiVersion: 'post.example.com/v1',
  kind: 'Letter',
  metadata: { name, namespace: TEAM },
  spec,
});

/** Lets an account of a namespace do what a rule of a Role says. */
async function grant(
  name: string,
  rule: object,
  account: { readonly name: string; readonly namespace: string },
): Promise<void> {
  const metadata = { name, namespace: TEAM };
  const apiVersion = 'rbac.authorization.k8s.io/v1';
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name };
  const subjects = [{ kind: 'ServiceAccount', ...account }];
  await scene.apply(
    { apiVersion, kind: 'Role', metadata, rules: [rule] },
    { apiVersion, kind: 'RoleBinding', metadata, roleRef, subjects },
  );
}

const ready = (name: string): Promise<unknown> =>
  scene.kubectl(['wait', '--for=condition=Ready', LETTER, name, '-n', TEAM, '--timeout=60s']);

async function childOf(name: string): Promise<{ readonly metadata: { readonly uid: string } } | undefined> {
  return scene.get('configmap', name, TEAM);
}

test('as Edict, with the rights that the manifests give it, children are written', async () => {
  await scene.run();
  await scene.apply(letter('engine'));
  await ready('engine');
  assert.ok(await childOf('engine'));
});

test('as the account of its rule: the engine has no rights to children any more, and the account has just those', async () => {
  scene.edit('edict.yaml', '  instance: post', '  instance: post\n  identity: Rule');
  await scene.run();
  const can = (user: string, verb: string, resource: string) =>
    scene.plane.kubectl([
      'auth',
      'can-i',
      verb,
      resource,
      '-n',
      TEAM,
      `--as=system:serviceaccount:edict-system:${user}`,
    ]);
  const answers = await Promise.all([
    can('edict-controller-manager', 'create', 'configmaps'),
    can('edict-controller-manager', 'patch', 'services'),
    can('edict-letter', 'create', 'configmaps'),
    can('edict-letter', 'get', 'configmaps'),
    can('edict-letter', 'patch', 'letters.post.example.com'),
  ]);
  assert.deepEqual(
    answers.map(({ out }) => out.trim()),
    ['no', 'no', 'yes', 'no', 'no'],
  );
  await scene.apply(letter('rule'));
  await ready('rule');
  await scene.kubectl(['patch', LETTER, 'rule', '-n', TEAM, '--type=merge', '-p', '{"spec":{"port":80}}']);
  await scene.until('the Service is made', async () => (await scene.get('service', 'rule', TEAM)) !== undefined);
  await scene.kubectl(['patch', LETTER, 'rule', '-n', TEAM, '--type=merge', '-p', '{"spec":{"port":null}}']);
  await scene.until('the Service is gone', async () => (await scene.get('service', 'rule', TEAM)) === undefined);
});

test('as the account of a namespace that has no rights: nothing is written, and each missing rule is told as YAML', async () => {
  scene.edit('edict.yaml', 'identity: Rule', 'identity: Namespace');
  await scene.run();
  await scene.apply(letter('namespace'));
  const account = { name: 'edict', namespace: TEAM };
  const target = [LETTER, 'namespace', TEAM] as const;
  const first = await scene.condition(target, 'Stalled', /^True ClusterForbidden/);
  assert.match(
    first.message,
    /^ConfigMap\/team\/namespace: ServiceAccount team\/edict may not patch configmaps\. Add to a Role in namespace team/,
  );
  assert.deepEqual(ruleIn(first.message), {
    apiGroups: [''],
    resources: ['configmaps'],
    verbs: ['create', 'patch', 'delete'],
  });
  assert.equal(await childOf('namespace'), undefined);
  await grant('children', ruleIn(first.message), account);
  const second = await scene.condition(target, 'Stalled', /^True ClusterForbidden .*finalizers/);
  assert.equal(await childOf('namespace'), undefined);
  await grant('owners', ruleIn(second.message), account);
  await ready('namespace');
  assert.ok(await childOf('namespace'));
  const told = (await scene.events('namespace', TEAM)).filter(({ reason }) => reason === 'ClusterForbidden');
  assert.deepEqual(
    told.map(({ count }) => count),
    [1, 1],
  );
  assert.ok(told.every(({ note }) => /\{apiGroups: .*\}$/.test(note)));
});

test('the role that the manifests leave unbound is all that a namespace needs; what others wrote stays theirs', async () => {
  await scene.kubectl(['create', 'namespace', 'other']);
  await scene.kubectl([
    'create',
    'rolebinding',
    'edict',
    '-n',
    'other',
    '--clusterrole=edict-children-role',
    '--serviceaccount=other:edict',
  ]);
  await scene.apply({ ...letter('first', { text: 'hi', port: 80 }), metadata: { name: 'first', namespace: 'other' } });
  await scene.kubectl(['wait', '--for=condition=Ready', LETTER, 'first', '-n', 'other', '--timeout=60s']);
  const before = await childOf('engine');
  await scene.kubectl(['patch', LETTER, 'engine', '-n', TEAM, '--type=merge', '-p', '{"spec":{"text":"again"}}']);
  await scene.until('the child is changed', async () => {
    const child = await scene.get<{ data: { text: string } }>('configmap', 'engine', TEAM);
    return child?.data.text === 'again';
  });
  assert.equal((await childOf('engine'))?.metadata.uid, before?.metadata.uid);
});

test('an engine that may not act as the account says which right it lacks', async () => {
  await scene.kubectl(['delete', 'clusterrolebinding', 'edict-manager-rolebinding']);
  const role = { apiGroups: ['post.example.com'], resources: ['*'], verbs: ['*'] };
  const apiVersion = 'rbac.authorization.k8s.io/v1';
  const rules = [
    role,
    {
      apiGroups: ['', 'events.k8s.io'],
      resources: ['configmaps', 'services', 'events'],
      verbs: ['get', 'list', 'watch', 'create', 'patch'],
    },
  ];
  await scene.apply({ apiVersion, kind: 'ClusterRole', metadata: { name: 'narrow' }, rules });
  await scene.kubectl([
    'create',
    'clusterrolebinding',
    'narrow',
    '--clusterrole=narrow',
    '--serviceaccount=edict-system:edict-controller-manager',
  ]);
  await scene.apply(letter('masked'));
  const { message } = await scene.condition([LETTER, 'masked', TEAM], 'Stalled', /^True ClusterForbidden/);
  assert.match(message, /: Edict may not act as ServiceAccount team\/edict\./);
  const right = { apiGroups: [''], resources: ['serviceaccounts'], resourceNames: ['edict'], verbs: ['impersonate'] };
  assert.deepEqual(ruleIn(message), right);
  assert.equal(await childOf('masked'), undefined);
  await grant('act', ruleIn(message), { name: 'edict-controller-manager', namespace: 'edict-system' });
  await ready('masked');
});
