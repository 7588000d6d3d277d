import type { CatalogEntry } from '#catalog/catalog.js';
import type { Change, ChangeSet } from '#model/change-set.js';
import { addressKey, type Desired, NOTHING_DESIRED } from '#model/desired.js';
import type { Facts } from '#model/facts.js';
import type { Installation } from '#model/installation.js';
import { compareText } from '#model/json.js';
import { identityOf, type KubernetesObject, keyOf } from '#model/object.js';
import { redactChange, sensitiveTexts } from '#model/redact.js';
import type { Current } from './current.js';
import { planFiles } from './files.js';
import { planPatches } from './patches.js';
import { whyProtected } from './protection.js';
import { planResources } from './resources.js';

/** What a plan is made from. Pure: equal inputs give an equal change set, byte for byte. */
export interface PlanInput {
  readonly owner: KubernetesObject;
  readonly entry: CatalogEntry;
  readonly installation: Installation;
  readonly desired: Desired;
  readonly current: Current;
  /** What the rule's reads found; only the versions of Secrets are looked at. */
  readonly related?: Facts['related'];
}

/**
 * Compares what should exist with what does. Deletions of protected objects are held, and so are all deletions where
 * there are more than the rule allows. Throws ObjectTaken, FieldTaken and PathTaken.
 */
export function plan({ owner, entry, installation, desired, current, related = {} }: PlanInput): ChangeSet {
  const { live, contests } = current;
  const context = { entry, owner, related, live, contests, protection: installation.protected };
  const resources = planResources(desired.resources, context);
  const rendered = new Set(desired.resources.map(({ object }) => identityOf(keyOf(object))));
  const patches = planPatches(desired.patches, { ...context, rendered });
  const files = planFiles(desired.files, {
    entry,
    owner,
    instance: installation.instance,
    repositories: current.repositories,
    texts: current.texts,
  });
  const sensitive = sensitiveTexts(owner, entry.rule.sensitive);
  const changes = [...files, ...resources, ...patches]
    .map((change) => redactChange(protect(change, installation, current), sensitive))
    .sort(byOrder);
  return holdDeletions(changes, entry.rule.hold.deletes);
}

/** The change set of an owner that leaves: everything goes, however much it is, but for what is protected. */
export function planDeletion(input: Omit<PlanInput, 'desired' | 'related'>): ChangeSet {
  const entry = { ...input.entry, rule: { ...input.entry.rule, hold: { deletes: undefined } } };
  const { changes, held } = plan({ ...input, entry, desired: NOTHING_DESIRED });
  const because = 'its owner is deleted';
  return {
    held,
    changes: changes.map((change) =>
      change.action === 'delete' || change.action === 'release' ? { ...change, reason: because } : change,
    ),
  };
}

function protect(change: Change, { protected: protection }: Installation, { live }: Current): Change {
  if (change.sink !== 'cluster' || (change.action !== 'delete' && change.action !== 'replace')) return change;
  const current = live.get(identityOf(change.key));
  const because = current === undefined ? undefined : whyProtected(current, protection);
  return because === undefined ? change : { ...change, action: 'hold', reason: `edict.yaml protects ${because}` };
}

function holdDeletions(changes: readonly Change[], allowed: number | undefined): ChangeSet {
  const deletions = changes.filter(({ action }) => action === 'delete').length;
  const protectedOnes = changes.some(({ action }) => action === 'hold');
  if (allowed === undefined || deletions <= allowed) return { changes, held: protectedOnes };
  const reason = `${deletions} deletions at once, and the rule allows ${allowed}`;
  return {
    changes: changes.map((change) => (change.action === 'delete' ? { ...change, action: 'hold', reason } : change)),
    held: true,
  };
}

/** Files before resources, and these before patches, within a wave; removals last. */
function byOrder(left: Change, right: Change): number {
  const removes = (change: Change): number =>
    Number(['delete', 'orphan', 'release', 'hold'].includes(change.action) && !hasBody(change));
  return (
    removes(left) - removes(right) ||
    left.wave - right.wave ||
    sinkOrder(left) - sinkOrder(right) ||
    compareText(nameOf(left), nameOf(right))
  );
}

const hasBody = (change: Change): boolean => (change.sink === 'git' ? change.content : change.object) !== undefined;
const sinkOrder = ({ sink }: Change): number => ['git', 'cluster', 'patch'].indexOf(sink);
const nameOf = (change: Change): string =>
  change.sink === 'git' ? `${addressKey(change.repository)} ${change.path}` : identityOf(change.key);
