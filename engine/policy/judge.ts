import type { AppliedPolicy } from '#catalog/catalog.js';
import { isJsonObject, type Json, type JsonObject } from '#model/json.js';
import { formatKey, type KubernetesObject, keyOf } from '#model/object.js';
import type { PolicyStage, Verdict } from '#model/verdict.js';
import type { PolicyAnswer, PolicyEngine } from './policy-engine.js';

/** One judgement: what is asked, about which object. */
export interface Judgement {
  readonly stage: PolicyStage;
  readonly object: KubernetesObject;
  readonly domain: string;
  /** Fields of the input besides `stage`. What is undefined is lacking. */
  readonly input: { readonly [field: string]: Json | undefined };
  /** RFC 3339, or undefined where the rule has no clock. */
  readonly time: string | undefined;
  /** Today, as `YYYY-MM-DD`: exemptions end. */
  readonly today: string;
}

/**
 * Asks every policy and gives all verdicts, sorted by policy. Fails closed: a package that refers to an input which the
 * stage lacks, or that fails, is `unknown`, never a pass.
 */
export async function judge(judgement: Judgement, policies: readonly AppliedPolicy[], engine: PolicyEngine): Promise<readonly Verdict[]> {
  const input: JsonObject = { stage: judgement.stage, ...defined(judgement.input) };
  const applied = policies.filter((policy) => applies(policy, judgement));
  const asked = applied.filter(({ policy }) => lacking(policy.inputs, input).length === 0);
  const questions = asked.flatMap(({ policy }) => policy.rules.map((rule) => ({ policy, rule })));
  const answers =
    questions.length === 0
      ? []
      : await engine.evaluate({
          entrypoints: questions.map(({ policy, rule }) => `${policy.path}/${rule}`),
          input: referredInput(input, asked),
          domain: judgement.domain,
          ...(judgement.time === undefined ? {} : { time: judgement.time }),
        });
  const verdicts = [
    ...applied.flatMap(({ policy }) => unasked(policy.path, lacking(policy.inputs, input))),
    ...questions.flatMap(({ policy, rule }, index) => verdictsOf(policy.path, rule, answers[index] ?? { value: undefined })),
  ];
  const warnOnly = new Set(applied.filter(({ enforce }) => enforce === 'Warn').map(({ policy }) => policy.path));
  return verdicts.map((verdict) => (warnOnly.has(verdict.policy) ? { ...verdict, level: 'warn' as const } : verdict)).sort(byPolicy);
}

/** Only the fields that some package refers to: what nobody looks at is not serialised, and cannot change an answer. */
function referredInput(input: JsonObject, asked: readonly AppliedPolicy[]): JsonObject {
  const referred = new Set(asked.flatMap(({ policy }) => policy.inputs));
  if (referred.has('*')) return input;
  return Object.fromEntries(Object.entries(input).filter(([field]) => referred.has(field)));
}

function applies({ exempt, namespaces }: AppliedPolicy, { object, today }: Judgement): boolean {
  const key = formatKey(keyOf(object));
  if (namespaces.length > 0 && !namespaces.includes(object.metadata.namespace ?? '')) return false;
  return !exempt.some((exemption) => exemption.object === key && (exemption.until === undefined || exemption.until >= today));
}

function lacking(inputs: readonly string[], input: JsonObject): readonly string[] {
  return inputs.filter((field) => field !== '*' && !Object.hasOwn(input, field));
}

function unasked(policy: string, fields: readonly string[]): readonly Verdict[] {
  if (fields.length === 0) return [];
  const message = `not asked: it refers to ${fields.map((field) => `input.${field}`).join(', ')}, which there is not at this stage`;
  return [{ policy, level: 'unknown', code: 'InputLacking', message, path: '' }];
}

function verdictsOf(policy: string, rule: 'deny' | 'warn', answer: PolicyAnswer): readonly Verdict[] {
  if ('fault' in answer) {
    return [{ policy, level: 'unknown', code: answer.fault.code, message: answer.fault.message, path: '' }];
  }
  if (answer.value === undefined) return [];
  if (!Array.isArray(answer.value)) return [malformed(policy, rule, answer.value)];
  return answer.value.map((item: Json) => verdictOf(policy, rule, item));
}

function verdictOf(policy: string, level: 'deny' | 'warn', item: Json): Verdict {
  if (typeof item === 'string') return { policy, level, code: '', message: item, path: '' };
  if (!isJsonObject(item) || typeof item['msg'] !== 'string') return malformed(policy, level, item);
  const { code, msg, path } = item;
  return {
    policy,
    level,
    code: typeof code === 'string' ? code : '',
    message: msg,
    path: typeof path === 'string' ? path : '',
  };
}

function malformed(policy: string, rule: string, value: Json): Verdict {
  const message = `${rule} must be a set of texts or of {code, msg, path}, not ${JSON.stringify(value).slice(0, 80)}`;
  return { policy, level: 'unknown', code: 'PolicyOutputInvalid', message, path: '' };
}

function defined(input: Judgement['input']): JsonObject {
  return Object.fromEntries(Object.entries(input).filter((field): field is [string, Json] => field[1] !== undefined));
}

const LEVELS: { readonly [level in Verdict['level']]: string } = { deny: '0', unknown: '1', warn: '2' };

function byPolicy(left: Verdict, right: Verdict): number {
  const rank = (verdict: Verdict): string => [LEVELS[verdict.level], verdict.policy, verdict.path, verdict.code, verdict.message].join('\0');
  return rank(left) < rank(right) ? -1 : 1;
}
