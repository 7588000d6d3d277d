import { isJsonObject, type Json, type JsonObject } from '#model/json.js';
import { asJson, type KubernetesObject } from '#model/object.js';
import { dumpYaml } from '#model/yaml.js';
import type { Pass } from '#reconcile/engine.js';
import { explanation } from '#report/conditions.js';
import { PLAIN } from '../console.js';
import { plain } from '../output/data.js';
import { formatResult, summarise } from '../output/format-plan.js';
import { type ObjectResult, passResult } from '../results.js';
import type { Golden } from './case-folder.js';
import type { CaseResult } from './run-case.js';

/** All that a case came to, as the golden files of its folder. */
export function goldenOf(result: CaseResult): Golden {
  if (result.state === 'refused') {
    const { object, faults } = result;
    const shown: ObjectResult = { object, file: undefined, pass: undefined, faults };
    return new Map([
      ['plan.txt', planText(shown)],
      ['verdict.yaml', dumpYaml(plain({ outcome: 'refused', faults: faults.map(faultOutline) }))],
    ]);
  }
  const { planned, published, after } = result;
  return new Map([
    ...renderedFiles(planned),
    ['plan.txt', planText(passResult(planned))],
    ['verdict.yaml', dumpYaml(verdict(published, after))],
  ]);
}

function planText(result: ObjectResult): string {
  return `${formatResult(result, PLAIN)}\n\nPlan: ${summarise([result])}.\n`;
}

function verdict({ outcome, faults, verdicts }: Pass, after: KubernetesObject | null): Json {
  const status = after === null ? undefined : statusOf(after);
  const explained = outcome.state === 'settled' ? {} : explanation(outcome);
  return plain({
    outcome: outcome.state,
    ...explained,
    ...(faults.length === 0 ? {} : { faults: faults.map(faultOutline) }),
    ...(verdicts === undefined ? {} : { verdicts: verdicts.map(withoutEmpty) }),
    status,
  });
}

type Fault = Pass['faults'][number];

/** What tests hold a fault to: not its line, which moves with every edit. */
function faultOutline({ code, message, location: { file, path } }: Fault): JsonObject {
  return plain(withoutEmpty({ code, message, file, path })) as JsonObject;
}

function withoutEmpty(verdict: object): object {
  return Object.fromEntries(Object.entries(verdict).filter(([, value]) => value !== ''));
}

/** The status without what moves by itself: times of transitions, and the generation that was looked at. A line for each condition. */
function statusOf(object: KubernetesObject): Json | undefined {
  const { status } = asJson(object);
  if (!isJsonObject(status)) return undefined;
  const { observedGeneration: _observed, conditions, ...fields } = status;
  const shown = Array.isArray(conditions)
    ? (conditions as readonly Json[]).filter(isJsonObject).map(conditionLine)
    : undefined;
  return plain({ ...fields, conditions: shown });
}

function conditionLine({ type, status, reason, message }: JsonObject): string {
  return `${type} ${status} ${reason}${message === '' ? '' : `: ${message}`}`;
}

/** Every object and every file as rendered. */
function renderedFiles({ rendering, object: owner }: Pass): readonly (readonly [string, string])[] {
  if (rendering?.state !== 'desired') return [];
  const { resources, patches, files } = rendering.desired;
  const textsIn = (folder: string, objects: readonly { readonly object: KubernetesObject }[]) =>
    objects.map(({ object }) => [`expected/${folder}/${fileName(object, owner)}`, dumpYaml(asJson(object))] as const);
  return [
    ...textsIn('cluster', resources),
    ...textsIn('patches', patches),
    ...files.map(
      ({ repository: { remote, name }, path, content }) => [`expected/git/${remote}/${name}/${path}`, content] as const,
    ),
  ];
}

/** `Kind.name.yaml`, and with its namespace where that is not its owner's. */
function fileName({ kind, metadata: { name, namespace } }: KubernetesObject, owner: KubernetesObject): string {
  const isElsewhere = namespace !== undefined && namespace !== owner.metadata.namespace;
  return [kind, ...(isElsewhere ? [namespace] : []), name, 'yaml'].join('.');
}
