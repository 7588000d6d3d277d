import type { AppliedPolicy } from '#catalog/catalog.js';
import { type Fault, formatLocation } from '#errors/fault.js';
import { compareText, isJsonObject, type Json, type JsonObject } from '#model/json.js';
import { formatKey, type KubernetesObject, keyOf } from '#model/object.js';
import type { PolicyStage, Verdict } from '#model/verdict.js';
import type { PolicyAnswer, PolicyEngine } from './policy-engine.js';

/** One judgement: what is asked, about which object. */
export interface Judgement {
  readonly stage: PolicyStage;
  readonly object: KubernetesObject;
  readonly parameters: JsonObject;
  /** Fields of the input besides `stage`. What is undefined is lacking. */
  readonly input: { readonly [field: string]: Json | undefined };
  /** RFC 3339, or undefined where the rule has no clock. */
  readonly time: string | undefined;
  /** Today, as `YYYY-MM-DD`: exemptions end. */
  readonly today: string;
}

/**
 * Asks every policy once and gives all verdicts: what forbids first, then by policy. Fails closed: a package that refers
 * to an input which the stage lacks, that fails, or that is not answered is `unknown`, never a pass.
 */
export async function judge(
  judgement: Judgement,
  policies: readonly AppliedPolicy[],
  engine: PolicyEngine,
): Promise<readonly Verdict[]> {
  const input: JsonObject = { stage: judgement.stage, ...defined(judgement.input) };
  const applied = strictest(policies.filter((policy) => applies(policy, judgement)));
  const asked = applied.filter(({ policy }) => lacking(policy.inputs, input).length === 0);
  const questions = asked.flatMap(({ policy, enforce }) => policy.rules.map((rule) => ({ policy, rule, enforce })));
  const answers =
    questions.length === 0
      ? []
      : await engine.evaluate({
          entrypoints: questions.map(({ policy, rule }) => `${policy.path}/${rule}`),
          input: referredInput(input, asked),
          parameters: judgement.parameters,
          ...(judgement.time === undefined ? {} : { time: judgement.time }),
        });
  const verdicts = [
    ...applied.flatMap(({ policy, enforce }) => enforced(unasked(policy.path, lacking(policy.inputs, input)), enforce)),
    ...questions.flatMap(({ policy, rule, enforce }, index) =>
      enforced(verdictsOf(policy.path, rule, answers[index]), enforce),
    ),
  ];
  return verdicts.sort(byPolicy);
}

/** Each package once: where one entry only warns and another denies, it denies. */
function strictest(policies: readonly AppliedPolicy[]): readonly AppliedPolicy[] {
  const byPackage = new Map<string, AppliedPolicy>();
  for (const applied of policies) {
    const known = byPackage.get(applied.policy.path);
    if (known === undefined || known.enforce === 'Warn') byPackage.set(applied.policy.path, applied);
  }
  return [...byPackage.values()];
}

/** Verdicts under an enforcement: `Warn` forbids nothing, and says what it could not tell. */
function enforced(verdicts: readonly Verdict[], enforce: AppliedPolicy['enforce']): readonly Verdict[] {
  if (enforce === 'Deny') return verdicts;
  return verdicts.map((verdict) => ({
    ...verdict,
    level: 'warn' as const,
    message: verdict.level === 'unknown' ? `it could not be judged: ${verdict.message}` : verdict.message,
  }));
}

/** Only the fields that some package refers to: what nobody looks at is not serialised, and cannot change an answer. */
function referredInput(input: JsonObject, asked: readonly AppliedPolicy[]): JsonObject {
  const referred = new Set(asked.flatMap(({ policy }) => policy.inputs));
  if (referred.has('*')) return input;
  return Object.fromEntries(Object.entries(input).filter(([field]) => referred.has(field)));
}

function applies(policy: AppliedPolicy, { object, today }: Judgement): boolean {
  const { namespaces } = policy;
  if (namespaces.length > 0 && !namespaces.includes(object.metadata.namespace ?? '')) return false;
  return !isExempt(policy, object, today);
}

/** Whether a policy is not asked about an object, on a day (`YYYY-MM-DD`). */
export function isExempt({ exempt }: AppliedPolicy, object: KubernetesObject, today: string): boolean {
  const key = formatKey(keyOf(object));
  return exempt.some(
    (exemption) => exemption.object === key && (exemption.until === undefined || exemption.until >= today),
  );
}

function lacking(inputs: readonly string[], input: JsonObject): readonly string[] {
  return inputs.filter((field) => field !== '*' && !Object.hasOwn(input, field));
}

function unasked(policy: string, fields: readonly string[]): readonly Verdict[] {
  if (fields.length === 0) return [];
  const message = `not asked: it refers to ${fields.map((field) => `input.${field}`).join(', ')}, which there is not at this stage`;
  return [{ policy, level: 'unknown', code: 'InputLacking', message, path: '' }];
}

function verdictsOf(policy: string, rule: 'deny' | 'warn', answer: PolicyAnswer | undefined): readonly Verdict[] {
  if (answer === undefined) {
    const message = `${rule} was not answered`;
    return [{ policy, level: 'unknown', code: 'PolicyFailed', message, path: '' }];
  }
  if ('fault' in answer) {
    return [{ policy, level: 'unknown', code: answer.fault.code, message: wordsOf(answer.fault), path: '' }];
  }
  if (answer.value === undefined) return [];
  if (!Array.isArray(answer.value)) return [malformed(policy, rule, answer.value)];
  return answer.value.map((item: Json) => verdictOf(policy, rule, item));
}

function verdictOf(policy: string, level: 'deny' | 'warn', item: Json): Verdict {
  if (typeof item === 'string') return { policy, level, code: '', message: item, path: '' };
  if (!isJsonObject(item) || typeof item.msg !== 'string') return malformed(policy, level, item);
  const { code, msg, path } = item;
  return {
    policy,
    level,
    code: typeof code === 'string' ? code : '',
    message: msg,
    path: typeof path === 'string' ? path : '',
  };
}

/** A fault in one line: a verdict has no other room for its place and its remedy. */
function wordsOf({ message, location, remedy }: Fault): string {
  const place = formatLocation(location);
  return [place === '' ? message : `${message} (${place})`, ...(remedy === undefined ? [] : [remedy])].join('. ');
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
  const rank = (verdict: Verdict): string =>
    [LEVELS[verdict.level], verdict.policy, verdict.path, verdict.code, verdict.message].join('\0');
  return compareText(rank(left), rank(right));
}
