import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonObject } from '#model/json.js';
import { asJson, type KubernetesObject } from '#model/object.js';
import { dumpYaml } from '#model/yaml.js';
import { type CommandResult, edict, stateIn } from './command.js';
import type { Cell, Finding, Setting } from './finding.js';
import { exampleOf, numbered } from './objects.js';
import { median, type Time, time } from './stopwatch.js';

const CLAIMS = 1000;
const REPEATS = 3;

/** A thousand claims in a folder: applied, planned without a change, and planned with one change. */
export async function plan(setting: Setting): Promise<readonly Finding[]> {
  const folder = join(setting.scratch, 'claims');
  mkdirSync(folder, { recursive: true });
  const claims = numbered(exampleOf('applicationclaim', setting.root), CLAIMS).map(withOwnApplications);
  const write = (claim: KubernetesObject): void =>
    writeFileSync(join(folder, `${claim.metadata.name}.yaml`), dumpYaml(asJson(claim)));
  claims.forEach(write);
  const command = (verb: string) =>
    edict(['--state', stateIn(setting.scratch), '--quiet', verb, folder], { root: setting.root });
  const rows: Cell[][] = [];
  const measure = async (
    name: string,
    verb: string,
    repeats: number,
    before: (repeat: number) => void = () => undefined,
  ): Promise<void> => {
    setting.say(`plan: ${name}`);
    const times: (Time & { readonly result: CommandResult })[] = [];
    for (let repeat = 0; repeat < repeats; repeat++) {
      before(repeat);
      times.push(await time(() => command(verb)));
    }
    setting.say(`  ${times.map(({ wall }) => `${(wall / 1000).toFixed(1)} s`).join(', ')}`);
    const [wall, cpu] = [median(times.map((each) => each.wall)), median(times.map((each) => each.cpu))];
    const evaluated = /(\d+) of (\d+) templates evaluated/.exec(times.at(-1)?.result.output ?? '');
    rows.push([
      name,
      wall / 1000,
      cpu / 1000,
      evaluated === null ? '' : `${evaluated[1]} of ${evaluated[2]}`,
      commitsBelow(join(stateIn(setting.scratch), 'git')),
    ]);
  };
  await measure('apply, the first time', 'apply', 1);
  await measure('apply again', 'apply', 1);
  await measure('plan, nothing changed', 'plan', REPEATS);
  await measure('plan, one claim changed', 'plan', REPEATS, (repeat) =>
    write(withReplicas(claims[CLAIMS >> 1]!, 10 + repeat)),
  );
  return [
    {
      title: `plan: ${CLAIMS} claims in a folder, whole commands`,
      columns: ['', 's', 'CPU-s', 'templates evaluated', 'commits'],
      rows,
      notes: ['each claim has two applications of its own: five files'],
    },
  ];
}

/** No two claims may write one path. */
function withOwnApplications(claim: KubernetesObject, index: number): KubernetesObject {
  const { spec } = claim as unknown as { readonly spec: { readonly applications: readonly JsonObject[] } };
  const applications = spec.applications.map(({ serviceName: _serviceName, ...application }, at) => ({
    ...application,
    name: `application-${index}-${at}`,
  }));
  return { ...claim, spec: { ...spec, applications } } as unknown as KubernetesObject;
}

function withReplicas(claim: KubernetesObject, replicas: number): KubernetesObject {
  const { spec } = claim as unknown as { readonly spec: { readonly applications: readonly JsonObject[] } };
  const [first, ...others] = spec.applications;
  const resources = { requests: { cpu: `${replicas * 100}m`, memory: '512Mi' } };
  return {
    ...claim,
    spec: { ...spec, applications: [{ ...first, resources }, ...others] },
  } as unknown as KubernetesObject;
}

function commitsBelow(root: string): number {
  const repositories = (readdirSync(root, { recursive: true }) as string[]).filter((path) => path.endsWith('.git'));
  const counts = repositories.map((path) =>
    execFileSync('git', [`--git-dir=${join(root, path)}`, 'rev-list', '--count', 'main'], { encoding: 'utf8' }),
  );
  return counts.reduce((total, count) => total + Number(count), 0);
}
