import { keyOf } from '#model/object.js';
import { fieldManagerOf } from '#model/ownership.js';
import type { PatchTargets } from '#observe/patch-targets.js';
import type { Pass } from '#reconcile/engine.js';

/** Notes which objects a pass patches. One that did not get as far as rendering tells nothing new. */
export function notePatches(targets: PatchTargets, { object, entry, rendering, outcome }: Pass): void {
  if (rendering?.state !== 'desired') return;
  const owner = keyOf(object);
  const patcher = {
    owner,
    manager: fieldManagerOf(entry.rule.slug, owner),
    isWanting: outcome.state !== 'settled',
  };
  targets.set(
    patcher,
    rendering.desired.patches.map((patch) => keyOf(patch.object)),
  );
}
