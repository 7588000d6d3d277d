import type { Facts } from '#model/facts.js';
import type { JsonObject } from '#model/json.js';
import { type KubernetesObject, keyOf } from '#model/object.js';
import { redactStrings, sensitiveTexts } from '#model/redact.js';
import { forbids } from '#model/verdict.js';
import { noFacts } from '#observe/observe.js';
import { visibleObject } from '#observe/visible.js';
import { renderStatus } from '#render/render.js';
import { explanation } from '#report/conditions.js';
import { refuseInvalidStatus, report } from '#report/report.js';
import type { Engine, Pass } from './engine.js';
import { outcomeOfError } from './outcome.js';
import { withoutSecrets } from './redact-pass.js';

/** Writes the status of a pass, on every path. The object is read again: what the pass wrote is part of what status tells. */
export async function reportPass(pass: Pass, engine: Engine): Promise<Pass> {
  const { entry } = pass;
  try {
    const object = await engine.cluster.get(keyOf(pass.object));
    if (object === null || object.metadata.uid !== pass.object.metadata.uid || isNoLongerOurs(pass, object))
      return pass;
    const { fields, told } = await templateStatus(pass, object, engine);
    const { outcome, verdicts } = told;
    await report(object, { outcome, verdicts, published: wasPublished(pass) }, fields, { ...engine, entry });
    return told;
  } catch (error) {
    return withFault(pass, error);
  }
}

/** An object that left because it does not match `where` belongs to others: its status is theirs. */
function isNoLongerOurs({ deleting }: Pass, { metadata }: KubernetesObject): boolean {
  return deleting && metadata.deletionTimestamp === undefined;
}

/** The template's own fields; none where it cannot tell them, which must not keep the conditions from being told. */
async function templateStatus(
  pass: Pass,
  object: KubernetesObject,
  engine: Engine,
): Promise<{ readonly fields: JsonObject; readonly told: Pass }> {
  const { entry } = pass;
  try {
    const facts = factsOf(pass, object);
    const fields = await renderStatus(facts, resultOf(pass), entry, engine.templates);
    refuseInvalidStatus(object, fields, entry);
    return { fields: redactStrings(fields, sensitiveTexts(object, entry.rule.sensitive)), told: pass };
  } catch (error) {
    return { fields: {}, told: withFault(pass, error) };
  }
}

/** The facts of the pass, with the object as it is now. */
function factsOf({ entry, object: begun, facts }: Pass, object: KubernetesObject): Facts {
  if (facts !== undefined && object === begun) return facts;
  // A cluster that keeps no defaults gives the object without them, and a template counts on them.
  const complete = entry.schema?.admit(object).object ?? object;
  return { ...noFacts(complete, entry.rule), ...facts, object: visibleObject(complete) };
}

/** The pass with one more fault: it is the outcome only where the pass had none of its own to tell. */
function withFault(pass: Pass, error: unknown): Pass {
  const { outcome, faults } = outcomeOfError(error);
  return withoutSecrets({
    ...pass,
    outcome: pass.outcome.state === 'settled' ? outcome : pass.outcome,
    faults: [...pass.faults, ...faults],
  });
}

/** Undefined where publishing was not reached, and while an object leaves. */
function wasPublished({ published, changes, verdicts, deleting }: Pass): boolean | undefined {
  if (deleting || changes === undefined || forbids(verdicts)) return undefined;
  return published?.complete === true && !changes.held;
}

/** What `status(facts, result)` is told about the pass. */
function resultOf({ outcome, verdicts, published, deleting }: Pass): JsonObject {
  const resources = [...(published?.resources ?? [])].map(([key, { readiness }]) => [key, { readiness }]);
  const files = [...(published?.commits ?? [])].map(([repository, commit]) => [repository, { commit }]);
  return {
    outcome: outcome.state,
    ...explanation(outcome),
    verdicts: (verdicts ?? []).map((verdict) => ({ ...verdict })),
    deleting,
    resources: Object.fromEntries(resources) as JsonObject,
    files: Object.fromEntries(files) as JsonObject,
  };
}
