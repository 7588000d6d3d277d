import assert from 'node:assert/strict';
import { cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { load } from 'js-yaml';
import type { ControlPlane } from '../testbed/control-plane.js';
import { startControlPlane } from '../testbed/start-control-plane.js';
import { type Background, Shell } from './shell.js';

/** A command line of the documents, and what it must lead to. */
interface Command {
  readonly run: string;
  readonly prints?: readonly string[];
  readonly fails?: readonly string[];
}

const FIXTURES = resolve('test/e2e/hourglass');
const chapters = load(readFileSync(join(FIXTURES, 'commands.yaml'), 'utf8')) as { [name: string]: readonly Command[] };
/** As their documents call what is installed. */
const NAMES = { MANIFEST_FLAGS: '--name hourglass-operator --namespace hourglass-system' };
/** Loaded before a program: its clock is six minutes ahead. */
const LATE_CLOCK = 'data:text/javascript,const now = Date.now; Date.now = () => now() + 6 * 60000';
const POD = 'performer-test-performer';

let plane: ControlPlane;
let shell: Shell;
let engine: Background | undefined;

before(async () => {
  plane = await startControlPlane({ kwok: true });
  shell = new Shell(plane, NAMES);
  cpSync(join(FIXTURES, 'test-performer.yaml'), join(shell.folder, 'test-performer.yaml'));
  for (const name of ['config', 'dist']) symlinkSync(resolve(name), join(shell.folder, name));
});
after(async () => {
  await shell?.close();
  await plane?.stop();
});

/** Types a chapter: targets of make in the project, everything else beside the sample. */
async function walk(chapter: string): Promise<void> {
  for (const { run, prints = [], fails } of chapters[chapter] ?? assert.fail(`there is no chapter ${chapter}`)) {
    const { code, out, err } = await shell.run(run, run.startsWith('make ') ? '.' : undefined);
    const told = `$ ${run}\n${out}${err}\n${engine?.log ?? ''}`;
    assert.equal(code === 0, fails === undefined, told);
    for (const pattern of prints) assert.match(out, new RegExp(pattern, 'm'), told);
    for (const pattern of fails ?? []) assert.match(err, new RegExp(pattern, 'm'), told);
  }
}

async function succeed(line: string): Promise<string> {
  const { code, out, err } = await shell.run(line);
  assert.equal(code, 0, `$ ${line}\n${out}${err}\n${engine?.log ?? ''}`);
  return out;
}

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 150; tries++) {
    if (await holds()) return;
    await sleep(200);
  }
  assert.fail(`${what} did not come true:\n${engine?.log}`);
}

const READY = 'kubectl wait --for=condition=Ready performer --all --all-namespaces --timeout=60s';
const uidOfPod = (): Promise<string> =>
  succeed(`kubectl get pod ${POD} --ignore-not-found -o jsonpath={.metadata.uid}`);

/** A kubeconfig of the account that `make deploy` made: of who may do what the engine in the cluster may. */
async function kubeconfigOfDeployed(): Promise<string> {
  const token = await succeed('kubectl create token hourglass-operator-controller-manager -n hourglass-system');
  const config = load(readFileSync(plane.kubeconfig(), 'utf8')) as { users: { user: object }[] };
  for (const entry of config.users) entry.user = { token: token.trim() };
  const file = join(shell.folder, 'deployed.kubeconfig');
  writeFileSync(file, JSON.stringify(config), { mode: 0o600 });
  return file;
}

/** Runs the engine as it runs in the cluster, but for the image. */
async function runDeployed(words = ''): Promise<Background> {
  const variables = { KUBECONFIG: await kubeconfigOfDeployed(), POD_NAMESPACE: 'hourglass-system', POD_NAME: 'pod-0' };
  const line = `node ${words} dist/bin/edict.js --state ${shell.folder}/state run --leader-elect`;
  const started = shell.start(line, variables, '.');
  await started.printed(/"running"/);
  return started;
}

test('before it is defined, nobody knows the kind; make defines it', async () => {
  await walk('before');
  await walk('define');
  await succeed('kubectl wait --for=condition=Established crd --all');
  await plane.server('kube-controller-manager').restart();
});

test('make run runs the engine with the rights of who runs it, and the sample works', async () => {
  engine = shell.start('make run', {}, '.');
  await engine.printed(/"running"/);
  await walk('apply');
  await succeed(READY);
  await walk('verify');
  // Nobody made the namespace of its records.
  await succeed('kubectl get configmap edict-inventory-performer-performer -n edict-system');
  await engine.interrupt();
});

test('make deploys it under the names of before, and with the rights that it then has it goes on', async () => {
  await walk('deploy');
  engine = await runDeployed();
  await succeed('kubectl annotate performer test-performer look=again');
  await until('it leads', async () => (await succeed('kubectl get lease -n hourglass-system')).includes('pod-0'));
  await walk('debug');
  const uid = await uidOfPod();
  await walk('upgrade');
  await until('another Pod is there', async () => ![uid, ''].includes(await uidOfPod()));
  await succeed(READY);
  await walk('upgraded');
});

test('a Pod that stays Pending for more than five minutes gives way to another one', async () => {
  await engine?.interrupt();
  const kwok = plane.server('kwok');
  await kwok.stop();
  const uid = await uidOfPod();
  await succeed(`kubectl patch pod ${POD} --subresource=status --type=merge -p '{"status":{"phase":"Pending"}}'`);
  // The engine's clock is six minutes ahead: waiting as long would be the same.
  engine = await runDeployed(`--import '${LATE_CLOCK}'`);
  // The kubelet, which ends Pods, is kwok.
  await until('it is being deleted', async () =>
    (await succeed(`kubectl get pod ${POD} -o yaml`)).includes('deletionTimestamp'),
  );
  // By a clock that is ahead the new Pod would be as old.
  await engine.interrupt();
  kwok.start();
  engine = await runDeployed();
  await until('another Pod is there', async () => ![uid, ''].includes(await uidOfPod()));
  await succeed(READY);
});

test('the samples of the documents run; what cannot is told', async () => {
  await succeed('kubectl create namespace my-avs-project');
  await succeed('kubectl create priorityclass high-priority --value=1000');
  for (const name of ['kata', 'gvisor']) {
    const runtime = { apiVersion: 'node.k8s.io/v1', kind: 'RuntimeClass', metadata: { name }, handler: name };
    await succeed(`kubectl create -f - <<< '${JSON.stringify(runtime)}'`);
  }
  await succeed(`kubectl apply -f ${join(FIXTURES, 'samples.yaml')}`);
  for (const name of ['minimal', 'gpu', 'tee', 'complex'])
    await succeed(`kubectl wait --for=condition=Ready performer/${name}-performer -n my-avs-project --timeout=60s`);
  const spec = await succeed('kubectl get pod performer-tee-performer -n my-avs-project -o jsonpath={.spec}');
  assert.match(spec, /"intel\.feature\.node\.kubernetes\.io\/sgx":"true"/);
  assert.match(spec, /"sgx\.intel\.com\/epc":"128Mi"/);
  const gpus = await succeed('kubectl get pod performer-gpu-performer -n my-avs-project -o jsonpath={..limits}');
  assert.match(gpus, /"nvidia\.com\/gpu":"2","nvidia\.com\/nvidia-a100":"2"/);
  // Names that begin with system- are Kubernetes's own, so that there is no such PriorityClass.
  const described = 'kubectl describe performer bottlerocket-performer -n my-avs-project';
  await until('the refusal is told', async () =>
    (await succeed(described)).includes('no PriorityClass with name system-critical'),
  );
  await succeed('kubectl delete namespace my-avs-project --wait=false');
});

test('what is deleted, undeployed and uninstalled is gone', async () => {
  await walk('remove');
});
