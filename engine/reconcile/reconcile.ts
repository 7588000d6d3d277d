import type { CatalogEntry } from '#catalog/catalog.js';
import { faultsOf } from '#errors/edict-error.js';
import { writesObjects } from '#model/change-set.js';
import { type KubernetesObject, keyOf } from '#model/object.js';
import { isPaused } from '#model/ownership.js';
import { forbids, type Verdict } from '#model/verdict.js';
import { readInventory } from '#observe/inventory.js';
import { observeChildren } from '#observe/observe.js';
import { admit, leaves } from './admission.js';
import { reconcileDeletion } from './deletion.js';
import { type Engine, NOTHING_DONE, type Pass, type Stage } from './engine.js';
import { holdFinalizer } from './finalizer.js';
import { withManagersNamed } from './name-managers.js';
import { awaiting, contested, denied, FAULTY, HELD, outcomeOfFaults, PAUSED, SETTLED } from './outcome.js';
import { withoutSecrets } from './redact-pass.js';
import { wasRefused } from './refusal.js';
import { judgeChange, judgeRequest, observe, plan, publish, readCurrent, render, report } from './stages.js';

/**
 * One pass over one object: observe, judge the request, render, plan, judge the change, publish, report. Stops after
 * `until`; only a whole pass writes. Never throws for what an object, a rule or a sink does: that is its outcome.
 */
export async function reconcile(
  object: KubernetesObject,
  entry: CatalogEntry,
  engine: Engine,
  until: Stage = 'publish',
): Promise<Pass> {
  const pass = withoutSecrets(await attempt({ ...NOTHING_DONE, object, entry, outcome: SETTLED }, engine, until));
  return until === 'publish' ? report(pass, engine) : pass;
}

async function attempt(begun: Pass, engine: Engine, until: Stage): Promise<Pass> {
  const { entry } = begun;
  const { installation } = engine.catalog;
  const ports = { ...engine, installation };
  let pass = begun;
  try {
    const inventory = await readInventory(entry.rule, engine.cluster);
    if (leaves(begun.object, entry)) return await reconcileDeletion(begun, inventory, engine, until);
    if (!entry.template.functions.includes('desired')) return { ...pass, outcome: FAULTY };

    const observation = await observe(admit(begun.object, entry), entry, inventory, ports);
    if (observation.state === 'waiting') return { ...pass, outcome: observation };
    const { facts, children, patched } = observation;
    pass = { ...pass, facts };
    if (until === 'facts') return pass;
    if (until === 'publish' && isPaused(begun.object)) return { ...pass, outcome: PAUSED };

    pass = judged(pass, await judgeRequest(facts, entry, engine));
    if (forbids(pass.verdicts)) return pass;

    const rendering = await render(facts, entry, ports);
    pass = { ...pass, rendering };
    if (rendering.state === 'waiting') return { ...pass, outcome: awaiting(rendering.reasons) };
    if (rendering.state === 'stalled') return { ...pass, outcome: rendering };
    if (until === 'render') return pass;

    const { desired } = rendering;
    const { object: owner, related } = facts;
    const targets = { desired, children, patched, inventory, owner: keyOf(owner), instance: installation.instance };
    const current = await readCurrent(targets, engine);
    const changes = plan({ owner, entry, installation, desired, current, related }, engine);
    pass = judged({ ...pass, changes }, await judgeChange({ facts, desired, changes }, entry, engine));
    if (forbids(pass.verdicts) || until === 'plan') return pass;

    await holdFinalizer(begun.object, changes, entry, engine.writer);
    const preflight = entry.rule.preflight || wasRefused(begun.object);
    const publication = { entry, installation, facts, desired, changes, inventory, preflight, ...current };
    const published = await publish(publication, engine);
    // Status tells of children as they are now.
    const seen = writesObjects(changes) ? await observeChildren(facts, entry, inventory, engine.cluster) : facts;
    pass = { ...pass, facts: seen, published };
    if (published.waiting !== undefined)
      return { ...pass, outcome: { state: 'waiting', ...published.waiting, after: undefined } };
    const outcome = changes.held ? HELD : contested(changes);
    return outcome === undefined ? pass : { ...pass, outcome };
  } catch (error) {
    return { ...pass, ...outcomeOfFaults(await withManagersNamed(faultsOf(error), engine)) };
  }
}

function judged(pass: Pass, verdicts: readonly Verdict[]): Pass {
  const all = [...(pass.verdicts ?? []), ...verdicts];
  return { ...pass, verdicts: all, ...(forbids(all) ? { outcome: denied(all) } : {}) };
}
