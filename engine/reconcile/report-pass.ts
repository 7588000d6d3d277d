import { EdictError } from '#errors/edict-error.js';
import type { JsonObject } from '#model/json.js';
import { keyOf } from '#model/object.js';
import { visibleObject } from '#observe/visible.js';
import { explanation } from '#report/conditions.js';
import { report } from '#report/report.js';
import { renderStatus } from '#render/render.js';
import type { Engine, Pass } from './engine.js';
import { outcomeOfError } from './outcome.js';

/** Writes the status of a pass, on every path. The object is read again: what the pass wrote is part of what status tells. */
export async function reportPass(pass: Pass, engine: Engine): Promise<Pass> {
  const { entry, outcome, verdicts, published } = pass;
  try {
    const object = await engine.cluster.get(keyOf(pass.object));
    if (object === null || object.metadata.uid !== pass.object.metadata.uid) return pass;
    const facts = { ...EMPTY, ...pass.facts, object: visibleObject(object) };
    const fields = await renderStatus(facts, resultOf(pass), entry, engine.templates);
    const isPublished = published === undefined ? undefined : published.waiting === undefined || outcome.state === 'waiting';
    await report(object, { outcome, verdicts, published: isPublished }, fields, { entry, clock: engine.clock, status: engine.writer });
    return pass;
  } catch (error) {
    // A status that cannot be told must not hide why the pass itself went wrong.
    return outcome.state === 'settled' || !(error instanceof EdictError) ? { ...pass, ...outcomeOfError(error) } : pass;
  }
}

const EMPTY = { related: {}, children: {}, charts: {}, parameters: {}, cluster: { version: '', capabilities: [] } };

/** What `status(facts, result)` is told about the pass. */
export function resultOf({ outcome, verdicts, published, deleting }: Pass): JsonObject {
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
