import type { CatalogEntry } from '#catalog/catalog.js';
import { type KubernetesObject, keyOf } from '#model/object.js';
import { forbids, type Verdict } from '#model/verdict.js';
import { readInventory } from '#observe/inventory.js';
import { observe } from '#observe/observe.js';
import { readCurrent } from '#plan/current.js';
import { plan } from '#plan/plan.js';
import { publish } from '#publish/publish.js';
import { render } from '#render/render.js';
import { admit, leaves } from './admission.js';
import { reconcileDeletion } from './deletion.js';
import type { Engine, Pass, Stage } from './engine.js';
import { holdFinalizer } from './finalizer.js';
import { judgeChange, judgeRequest } from './judgement.js';
import { awaiting, denied, outcomeOfError, SETTLED } from './outcome.js';
import { withoutSecrets } from './redact-pass.js';
import { reportPass } from './report-pass.js';

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
  const pass = withoutSecrets(await attempt({ object, entry, ...NOTHING_YET }, engine, until));
  return until === 'publish' ? reportPass(pass, engine) : pass;
}

const NOTHING_YET = {
  outcome: SETTLED,
  faults: [],
  verdicts: undefined,
  facts: undefined,
  rendering: undefined,
  changes: undefined,
  published: undefined,
  deleting: false,
} as const;

async function attempt(begun: Pass, engine: Engine, until: Stage): Promise<Pass> {
  const { entry } = begun;
  let pass = begun;
  try {
    const inventory = await readInventory(entry.rule, engine.cluster);
    if (leaves(pass.object, entry)) return await reconcileDeletion(begun, inventory, engine, until);
    if (!entry.template.functions.includes('desired')) return { ...pass, outcome: FAULTY };

    const object = admit(pass.object, entry);
    const observation = await observe(object, entry, inventory, {
      ...engine,
      installation: engine.catalog.installation,
    });
    if (observation.state === 'waiting') return { ...pass, outcome: { ...observation, after: undefined } };
    const { facts, children } = observation;
    pass = { ...pass, facts };
    if (until === 'facts') return pass;

    pass = judged(pass, await judgeRequest(facts, entry, engine));
    if (isDenied(pass)) return pass;

    const rendering = await render(facts, entry, {
      templates: engine.templates,
      installation: engine.catalog.installation,
    });
    pass = { ...pass, rendering };
    if (rendering.state === 'waiting') return { ...pass, outcome: awaiting(rendering.reasons) };
    if (rendering.state === 'stalled') return { ...pass, outcome: rendering };
    if (until === 'render') return pass;

    const { desired } = rendering;
    const { installation } = engine.catalog;
    const current = await readCurrent(
      { desired, children, inventory, owner: keyOf(facts.object), instance: installation.instance },
      engine,
    );
    const changes = plan({ owner: facts.object, entry, installation, desired, current, related: facts.related });
    pass = judged({ ...pass, changes }, await judgeChange({ facts, desired, changes }, entry, engine));
    if (isDenied(pass) || until === 'plan') return pass;

    await holdFinalizer(pass.object, changes, entry, engine.writer);
    const { repositories, texts } = current;
    const published = await publish(
      { entry, installation, facts, desired, changes, inventory, repositories, texts },
      { ...engine, reader: engine.cluster, repositories: engine.queue },
    );
    pass = { ...pass, published };
    if (published.waiting !== undefined)
      return { ...pass, outcome: { state: 'waiting', ...published.waiting, after: undefined } };
    return changes.held ? { ...pass, outcome: HELD } : pass;
  } catch (error) {
    return { ...pass, ...outcomeOfError(error) };
  }
}

const FAULTY = {
  state: 'stalled',
  reason: 'RuleFaulty',
  message: 'The files of this kind have faults, which `edict check` reports: its objects can only be deleted.',
} as const;
const HELD = {
  state: 'stalled',
  reason: 'DeletionHeld',
  message: 'Deletions are held: the plan tells which and why.',
} as const;

function judged(pass: Pass, verdicts: readonly Verdict[]): Pass {
  const all = [...(pass.verdicts ?? []), ...verdicts];
  return { ...pass, verdicts: all, ...(forbids(all) ? { outcome: denied(all) } : {}) };
}

function isDenied({ verdicts }: Pass): boolean {
  return forbids(verdicts ?? []);
}
