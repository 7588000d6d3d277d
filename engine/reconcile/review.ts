import { type CatalogEntry, entryFor, failurePolicyOf, stalledKind } from '#catalog/catalog.js';
import { faultsOf } from '#errors/edict-error.js';
import type { Fault } from '#errors/fault.js';
import { equalJson } from '#model/json.js';
import { type KubernetesObject, withoutStatus } from '#model/object.js';
import { redactText, sensitiveTexts } from '#model/redact.js';
import type { Verdict } from '#model/verdict.js';
import { noFacts, timeOf } from '#observe/observe.js';
import { visibleObject } from '#observe/visible.js';
import { explanation } from '#report/conditions.js';
import { admit } from './admission.js';
import { type AdmissionRequest, concerning, isAboutLeaving } from './admission-request.js';
import type { Engine, Pass } from './engine.js';
import { judgeAsked } from './judgement.js';
import { reconcile } from './reconcile.js';
import { type Remark, remarkOfFault, remarkOfVerdict } from './remark.js';

/** What Edict says to a request. */
export interface Review {
  readonly isAllowed: boolean;
  /** `skipped`: it is no matter of policies. `failed`: it could not be judged. */
  readonly result: 'allowed' | 'denied' | 'invalid' | 'failed' | 'skipped';
  /** `domain/slug`; undefined where no rule is for the kind. */
  readonly rule: string | undefined;
  /** Why it is refused. */
  readonly objections: readonly Remark[];
  readonly warnings: readonly Remark[];
}

const SILENT = { isAllowed: true, rule: undefined, objections: [], warnings: [] } as const;

/**
 * Judges a request before it is stored: by the schema of the catalog, by the request policies and, where nothing will be
 * stored, also by the change policies. Writes nothing. Never throws: what cannot be judged is refused or let through, as
 * the rule says.
 */
export async function review(request: AdmissionRequest, engine: Engine): Promise<Review> {
  const { object } = request;
  const entry = entryFor(engine.catalog, object);
  if (entry === undefined) return withoutRule(request, engine);
  try {
    const concerned = concerning(request, entry);
    if (concerned === undefined) return { ...SILENT, result: 'skipped', rule: ruleOf(entry) };
    if (object.apiVersion !== entry.rule.for.apiVersion) return unjudged(request, otherVersion(object, entry), engine);
    return redacted(await judged(concerned, entry, engine), request, entry);
  } catch (error) {
    return unjudged(request, faultsOf(error), engine);
  }
}

/** What is said to a request that could not be judged, and why: it is refused, or let through with a warning, as the rule says. */
export function unjudged(
  request: AdmissionRequest,
  faults: Fault | readonly Fault[],
  { catalog }: Pick<Engine, 'catalog'>,
): Review {
  const entry = entryFor(catalog, request.object) ?? stalledKind(catalog, request.object)?.entry;
  const isAllowed = mayFail(entry);
  const remarks = ('code' in faults ? [faults] : faults).map(remarkOfFault);
  const said: Review = {
    isAllowed,
    result: 'failed',
    rule: entry && ruleOf(entry),
    objections: isAllowed ? [] : remarks,
    warnings: isAllowed ? remarks.map(asLetThrough) : [],
  };
  return entry === undefined ? said : redacted(said, request, entry);
}

const ruleOf = ({ rule }: CatalogEntry): string => `${rule.domain}/${rule.slug}`;

/** Whether what cannot be judged is let through. */
const mayFail = (entry: CatalogEntry | undefined): boolean =>
  entry !== undefined && failurePolicyOf(entry) === 'Ignore';

const asLetThrough = (remark: Remark): Remark => ({
  ...remark,
  message: `it could not be judged before it is stored: ${remark.message}`,
});

/** A faulty rule must not open what it closed. Of a kind without a rule nothing comes, so there is nothing to forbid. */
function withoutRule(request: AdmissionRequest, { catalog }: Engine): Review {
  const { kind, apiVersion } = request.object;
  if (isAboutLeaving(request)) return { ...SILENT, result: 'skipped' };
  if (stalledKind(catalog, request.object) !== undefined) {
    const message = `the rule for ${kind} has faults, so that nothing can be judged by it`;
    const remedy = 'Mend what `edict check` reports, or set admission.failurePolicy: Ignore in the rule.';
    return unjudged(request, { code: 'RuleInvalid', message, location: {}, remedy }, { catalog });
  }
  const message = `no rule is for ${kind} (${apiVersion}), so that it was not judged`;
  const remedy = 'Apply the webhook configuration of this rule set: `edict manifests --only webhooks`.';
  const warnings = [remarkOfFault({ code: 'ObjectKindUnknown', message, location: {}, remedy })];
  return { ...SILENT, result: 'skipped', warnings };
}

function otherVersion({ apiVersion, kind }: KubernetesObject, { rule }: CatalogEntry): Fault {
  return {
    code: 'KindNotServed',
    message: `the request is about ${kind} in ${apiVersion}, and the rule is for ${rule.for.apiVersion}`,
    location: {},
    remedy: 'Apply the webhook configuration of this rule set, by which the API server converts objects.',
  };
}

async function judged(request: AdmissionRequest, entry: CatalogEntry, engine: Engine): Promise<Review> {
  const { operation, oldObject, userInfo, dryRun } = request;
  const silent = { ...SILENT, result: 'allowed', rule: ruleOf(entry) } as const;
  let object: KubernetesObject;
  try {
    object = operation === 'DELETE' ? request.object : admit(request.object, entry);
  } catch (error) {
    const objections = faultsOf(error).map(remarkOfFault);
    return { ...silent, isAllowed: false, result: 'invalid', objections };
  }
  const facts = { ...noFacts(object, entry.rule), ...timeOf(entry.rule, engine.clock) };
  const before = oldObject === undefined ? null : withoutStatus(visibleObject(oldObject));
  const asked = { operation, oldObject: before, userInfo };
  const verdicts = await judgeAsked({ facts, asked }, entry, engine);
  const said = withVerdicts(silent, verdicts, entry);
  if (!said.isAllowed || !dryRun || operation === 'DELETE') return said;
  return withPass(said, await reconcile(object, entry, engine, 'plan'), verdicts);
}

/** Adds what policies said. What one could not tell forbids, unless the rule lets through what cannot be judged. */
function withVerdicts(said: Review, verdicts: readonly Verdict[], entry: CatalogEntry): Review {
  const forbids = ({ level }: Verdict): boolean => level === 'deny' || (level === 'unknown' && !mayFail(entry));
  const against = verdicts.filter(forbids);
  const others = verdicts.filter((verdict) => !forbids(verdict));
  const warnings = others.map((verdict) =>
    verdict.level === 'warn' ? remarkOfVerdict(verdict) : asLetThrough(remarkOfVerdict(verdict)),
  );
  return {
    ...said,
    ...(against.length === 0 ? {} : { isAllowed: false, result: 'denied' }),
    objections: [...said.objections, ...against.map(remarkOfVerdict)],
    warnings: [...said.warnings, ...warnings],
  };
}

/** Adds what a pass said that went as far as its plan. Why it went no further is no objection: that may change. */
function withPass(said: Review, { entry, outcome, verdicts = [], faults }: Pass, known: readonly Verdict[]): Review {
  const more = verdicts.filter((verdict) => !known.some((each) => equalJson({ ...each }, { ...verdict })));
  const whole = withVerdicts(said, more, entry);
  if (!whole.isAllowed || outcome.state === 'settled') return whole;
  const { reason, message } = explanation(outcome);
  const why = faults.length > 0 ? faults.map(remarkOfFault) : [{ code: reason, message, path: '', policy: '' }];
  return { ...whole, warnings: [...whole.warnings, ...why] };
}

/** The same with nothing that stands at a sensitive path of the object, as it is or is to be. */
function redacted(said: Review, { object, oldObject }: AdmissionRequest, { rule }: CatalogEntry): Review {
  const objects = [object, ...(oldObject === undefined ? [] : [oldObject])];
  const sensitive = objects.flatMap((each) => sensitiveTexts(each, rule.sensitive));
  const show = (remark: Remark): Remark => ({
    ...remark,
    message: redactText(remark.message, sensitive),
    path: redactText(remark.path, sensitive),
  });
  return { ...said, objections: said.objections.map(show), warnings: said.warnings.map(show) };
}
