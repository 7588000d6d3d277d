import assert from 'node:assert/strict';
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { countWrites } from '../testbed/api-metrics.js';
import type { ControlPlane } from '../testbed/control-plane.js';
import { startControlPlane } from '../testbed/start-control-plane.js';
import { install } from './running-edict.js';
import { type Background, Shell } from './shell.js';

const SHOP = readFileSync('examples/applicationclaim.yaml', 'utf8');
const PROD = 'environments/prod/prod/applications';
const APPLICATION_SET = 'appsets/prod/apps/prod-appset.yaml';
const RECORDS = '.edict/demo/platform.infraforge.io/applicationclaim';
/** Loaded before the engine: it looks at charts at once, not every five minutes. */
const EAGER = `data:text/javascript,${encodeURIComponent(
  'const later = setTimeout;' +
    'globalThis.setTimeout = (call, wait, ...rest) => later(call, wait > 240000 && wait < 360000 ? 300 : wait, ...rest);',
)}`;

let plane: ControlPlane;
let shell: Shell;
let kubeconfig: string;
let engine: Background;

before(async () => {
  plane = await startControlPlane({ controllerManager: false });
  shell = new Shell(plane);
  for (const name of ['edict.yaml', 'crds', 'rules', 'templates', 'policies', 'charts'])
    cpSync(name, join(shell.folder, name), { recursive: true });
  kubeconfig = await install(plane);
  for (const name of ['shop', 'other', 'burst']) await kubectl(`create namespace ${name}`);
  engine = await run();
});
after(async () => {
  await shell?.close();
  await plane?.stop();
});

/** Starts an engine on the repositories of the one before. */
async function run(): Promise<Background> {
  const command = `exec node --import '${EAGER}' ${resolve('dist/bin/edict.js')} --state state run`;
  const started = shell.start(command, { KUBECONFIG: kubeconfig });
  await started.printed(/"running"/);
  return started;
}

async function succeed(line: string): Promise<string> {
  const { code, out, err } = await shell.run(line);
  assert.equal(code, 0, `$ ${line}\n${out}${err}\n${engine?.log}`);
  return out;
}

const kubectl = (words: string): Promise<string> => succeed(`kubectl ${words}`);

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 300; tries++) {
    if (await holds()) return;
    await sleep(100);
  }
  assert.fail(`${what} did not come true:\n${engine.log}`);
}

/** What git prints about the GitOps repository. */
async function git(words: string): Promise<string> {
  const [host = ''] = readdirSync(join(shell.folder, 'state/git'));
  return (await succeed(`git -C state/git/${host}/platform/voltran.git ${words}`)).trimEnd();
}

const commits = async (): Promise<number> => Number(await git('rev-list --count main'));
const files = async (place = ''): Promise<readonly string[]> =>
  (await git(`ls-tree -r --name-only main ${place}`)).split('\n').filter((path) => path !== '');

async function apply(text: string): Promise<void> {
  writeFileSync(join(shell.folder, 'claim.yaml'), text);
  await kubectl('apply -f claim.yaml');
}

/** A claim, once its status is about its generation. */
async function reported(name: string, namespace: string): Promise<Claim> {
  let claim: Claim | undefined;
  await until(`the status of ${name} is of now`, async () => {
    claim = JSON.parse(await kubectl(`get applicationclaim ${name} -n ${namespace} -o json`)) as Claim;
    return claim.status?.observedGeneration === claim.metadata.generation && !isReconciling(claim);
  });
  return claim ?? assert.fail();
}

interface Claim {
  readonly metadata: { readonly name: string; readonly generation: number };
  readonly status: {
    readonly observedGeneration: number;
    readonly phase: string;
    readonly ready: boolean;
    readonly commit: string;
    readonly applications: readonly object[];
    readonly conditions: readonly { type: string; status: string; reason: string; message: string }[];
  };
}

const conditionOf = ({ status }: Claim, type: string): string => {
  const { status: holds, reason, message } = status.conditions.find((each) => each.type === type) ?? assert.fail(type);
  return `${holds} ${reason}: ${message}`;
};
const isReconciling = (claim: Claim): boolean => conditionOf(claim, 'Reconciling').startsWith('True');

/** A claim of one application. */
const claimOf = (name: string, namespace: string, application: string, environment = 'prod'): string => `
apiVersion: platform.infraforge.io/v1
kind: ApplicationClaim
metadata: {name: ${name}, namespace: ${namespace}}
spec:
  environment: ${environment}
  clusterType: ${environment === 'prod' ? 'prod' : 'nonprod'}
  owner: {team: ${name}, email: ${name}@example.com}
  applications:
  - name: ${application}
    image: {repository: ghcr.io/nimbusprotch/${application}, tag: v1.0.0}
---`;

test('a claim that is applied becomes one commit that says for whom it is, and tells of it', async () => {
  await apply(SHOP);
  await kubectl('wait --for=condition=Ready applicationclaim/shop -n shop --timeout=60s');
  assert.equal(await commits(), 1);
  assert.deepEqual(await files(), [
    `${RECORDS}/shop/shop.json`,
    APPLICATION_SET,
    `${PROD}/notification-service/config.yaml`,
    `${PROD}/notification-service/values.yaml`,
    `${PROD}/payment-service/config.yaml`,
    `${PROD}/payment-service/values.yaml`,
  ]);
  const message = await git('log -1 "--format=%an%n%s%n%(trailers:only)" main');
  assert.match(
    message,
    /^Edict\nUpdate ApplicationClaim\/shop\/shop\nEdict-Object: ApplicationClaim\/shop\/shop generation 1\nEdict-Catalog: [0-9a-f]+$/,
  );
  const { status } = await reported('shop', 'shop');
  assert.deepEqual(
    [status.phase, status.ready, status.commit, status.observedGeneration],
    ['Ready', true, await git('rev-parse main'), 1],
  );
  assert.deepEqual(status.applications, [
    { name: 'notification-service', version: 'v1.2.3', endpoints: ['https://notifications.example.com'] },
    { name: 'payment-service', version: 'v2.0.1' },
  ]);
  const conditions = status.conditions.map(({ type, status: holds }) => `${type}=${holds}`).sort();
  assert.deepEqual(conditions, [
    'PolicyPassed=True',
    'Published=True',
    'Ready=True',
    'Reconciling=False',
    'Stalled=False',
  ]);
  assert.match(
    await kubectl('get applicationclaims -n shop'),
    /^NAME +ENVIRONMENT +CLUSTERTYPE +PHASE +READY +AGE\nshop +prod +prod +Ready +true +\S+\n$/,
  );
  const told = `in gitea/platform/voltran, commit ${status.commit.slice(0, 12)}\n`;
  await until('an event tells of the commit', async () => {
    const described = await kubectl('describe applicationclaim shop -n shop');
    return (
      described.includes(`Created ${APPLICATION_SET}, ${PROD}/notification-service/config.yaml, `) &&
      described.includes(told)
    );
  });
});

test('a change is one more commit, of what it changes; what changes no file is none', async () => {
  await apply(SHOP.replace('tag: v1.2.3', 'tag: v1.2.4'));
  assert.equal((await reported('shop', 'shop')).status.commit, await git('rev-parse main'));
  assert.equal(await commits(), 2);
  assert.deepEqual((await git('diff --name-only main~1 main')).split('\n'), [
    `${PROD}/notification-service/values.yaml`,
  ]);
  assert.match(await git(`diff main~1 main`), /\n- +tag: v1\.2\.3\n\+ +tag: v1\.2\.4\n/);
  await apply(SHOP.replace('tag: v1.2.3', 'tag: v1.2.4').replace('"#shop"', '"#checkout"'));
  assert.equal((await reported('shop', 'shop')).status.observedGeneration, 3);
  assert.equal(await commits(), 2);
});

test('what a policy denies changes nothing, and is told where it is looked for', async () => {
  await apply(SHOP.replace('tag: v1.2.3', 'tag: latest'));
  await kubectl('wait --for=condition=Stalled applicationclaim/shop -n shop --timeout=30s');
  const claim = await reported('shop', 'shop');
  assert.match(conditionOf(claim, 'PolicyPassed'), /^False LatestInProduction: notification-service: production needs/);
  assert.match(conditionOf(claim, 'Ready'), /^False PolicyDenied: /);
  assert.deepEqual([claim.status.phase, claim.status.ready, await commits()], ['Failed', false, 2]);
  await until('an event tells of it', async () =>
    /Warning +LatestInProduction .*production needs an image tag other than latest/.test(
      await kubectl('describe applicationclaim shop -n shop'),
    ),
  );
  await apply(SHOP.replace('tag: v1.2.3', 'tag: v1.2.4'));
  await kubectl('wait --for=condition=Ready applicationclaim/shop -n shop --timeout=30s');
  assert.equal(await commits(), 2);
});

test('a claim on a path of another one is refused by name; one beside it is not', async () => {
  await apply(claimOf('rival', 'other', 'payment-service'));
  await kubectl('wait --for=condition=Ready=False applicationclaim/rival -n other --timeout=30s');
  await until('the conflict is named', async () =>
    /PathTaken: .*payment-service.* belongs to applicationclaim\/shop\/shop/.test(
      await kubectl(
        `get applicationclaim rival -n other -o jsonpath='{range .status.conditions[*]}{.reason}: {.message}{"\\n"}{end}'`,
      ),
    ),
  );
  assert.equal(await commits(), 2);
  await kubectl('delete applicationclaim rival -n other --timeout=30s');
  assert.equal(await commits(), 2);
  await apply(claimOf('cart', 'other', 'cart'));
  await kubectl('wait --for=condition=Ready applicationclaim/cart -n other --timeout=30s');
  assert.equal(await commits(), 3);
});

test('other values of a chart reach the claims that use it', async () => {
  const file = join(shell.folder, 'charts/microservice/values.yaml');
  writeFileSync(file, `${readFileSync(file, 'utf8')}\nteamChannel: platform\n`);
  await until('it is committed', async () => (await commits()) > 3);
  await kubectl('wait --for=condition=Ready applicationclaim --all --all-namespaces --timeout=30s');
  assert.ok((await commits()) <= 5, 'one each at most');
  for (const name of ['notification-service', 'payment-service', 'cart'])
    assert.match(await git(`show main:${PROD}/${name}/values.yaml`), /^teamChannel: platform$/m);
});

test('fifty claims at once are few commits, and nothing of them is lost', async (t) => {
  const names = Array.from({ length: 50 }, (_, index) => `burst-${index}`);
  const before = await commits();
  await apply(names.map((name) => claimOf(name, 'burst', name, 'dev')).join('\n'));
  await kubectl('wait --for=condition=Ready applicationclaim --all -n burst --timeout=120s');
  const added = (await commits()) - before;
  t.diagnostic(`${added} commits`);
  assert.ok(added < 25, `${added} commits`);
  const place = 'environments/nonprod/dev/applications';
  const expected = names.flatMap((name) => [`${place}/${name}/config.yaml`, `${place}/${name}/values.yaml`]).sort();
  assert.deepEqual([...(await files('environments/nonprod'))].sort(), expected);
  // Each names the commit that wrote its files.
  const list = await kubectl(
    `get applicationclaims -n burst -o jsonpath='{range .items[*]}{.metadata.name} {.status.commit}{"\\n"}{end}'`,
  );
  const written = new Map(
    list
      .trim()
      .split('\n')
      .map((line) => line.split(' ') as [string, string]),
  );
  for (const commit of new Set(written.values())) {
    const changed = await git(`diff-tree -r --name-only ${commit}~1 ${commit}`);
    for (const [name, own] of written)
      if (own === commit) assert.ok(changed.includes(`/${name}/values.yaml`), `${name} is not in ${commit}`);
  }
});

test('a restart with everything in place writes nothing', async () => {
  await engine.interrupt();
  const [head, before] = [await git('rev-parse main'), countWrites(await plane.metrics(), 'applicationclaims')];
  engine = await run();
  await sleep(4000);
  assert.equal(countWrites(await plane.metrics(), 'applicationclaims'), before, engine.log);
  assert.equal(await git('rev-parse main'), head);
});

test('a claim that is deleted takes exactly its files with it, and the last one all that they shared', async () => {
  const others = (await files()).filter(
    (path) => !/\/(shop\/shop\.json|(notification|payment)-service\/.*)$/.test(path),
  );
  const before = await commits();
  await kubectl('delete applicationclaim shop -n shop --timeout=60s');
  assert.deepEqual(await files(), others);
  assert.equal(await commits(), before + 1);
  assert.match(await git('log -1 --format=%s main'), /^Remove ApplicationClaim\/shop\/shop$/);
  assert.ok(others.includes(APPLICATION_SET), 'cart needs it');
  await kubectl('delete applicationclaim cart -n other --timeout=60s');
  assert.ok(!(await files()).includes(APPLICATION_SET));
  await kubectl('delete applicationclaims --all -n burst --timeout=120s');
  assert.deepEqual(await files(), []);
});
