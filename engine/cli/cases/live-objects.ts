import type { CatalogEntry } from '#catalog/catalog.js';
import { readinessUnder } from '#catalog/readiness.js';
import type { Installation } from '#model/installation.js';
import { formatInventory, inventoryKey } from '#model/inventory.js';
import { isJsonObject, type Json } from '#model/json.js';
import { asJson, formatKey, identityOf, isSecret, type KubernetesObject, keyOf } from '#model/object.js';
import { APPLIED_ANNOTATION, OWNER_LABEL, ownerHash } from '#model/ownership.js';
import { decorate } from '#plan/decorate.js';
import { deviations } from '#plan/difference.js';
import { whyProtected } from '#plan/protection.js';
import type { Pass } from '#reconcile/engine.js';
import { type CaseFacts, refuseCase, type StatedChild } from './case-facts.js';

/**
 * The children of a case as the cluster has them. A case states only what matters: all else of a child that `pass` renders
 * is as rendered, so that a plan shows exactly what the case says is different.
 */
export function liveChildren(
  children: readonly StatedChild[],
  { object: owner, entry, rendering, facts }: Pick<Pass, 'object' | 'entry' | 'rendering' | 'facts'>,
  protection: Installation['protected'],
): readonly KubernetesObject[] {
  const resources = rendering?.state === 'desired' ? rendering.desired.resources : [];
  const rendered = new Map(resources.map((resource) => [identityOf(keyOf(resource.object)), resource]));
  const { rule } = entry;
  return children.map(({ object: stated }) => {
    const wanted = rendered.get(identityOf(keyOf(stated)));
    if (wanted === undefined) return owned(stated, owner);
    const isProtected = [stated, wanted.object].some((each) => whyProtected(each, protection) !== undefined);
    const decoration = { owner, rule, related: facts?.related ?? {}, wave: wanted.wave, isProtected };
    return owned(completed(stated, decorate(wanted.object, decoration)), owner);
  });
}

/** Throws CaseInvalid where a child is said to have a readiness that it has not: facts would be what no cluster gives. */
export function requireReadiness(
  children: readonly StatedChild[],
  live: readonly KubernetesObject[],
  entry: CatalogEntry,
  file: string,
): void {
  children.forEach(({ object, readiness }, index) => {
    const found = readinessUnder(entry, live[index] ?? object);
    if (readiness === undefined || readiness === found) return;
    refuseCase(
      file,
      `children.${formatKey(keyOf(object))}.readiness`,
      `the case says ${readiness}, and by what it states the object is ${found}`,
    );
  });
}

/** What `stated` does not say is as in `body`. A body that was changed was not applied like that. */
function completed(stated: KubernetesObject, body: KubernetesObject): KubernetesObject {
  const live = overlaid(asJson(body), asJson(stated)) as unknown as KubernetesObject;
  const said = stated.metadata.annotations?.[APPLIED_ANNOTATION] !== undefined;
  if (said || deviations(asJson(live), asJson(body)).length === 0) return live;
  const { [APPLIED_ANNOTATION]: _applied, ...annotations } = live.metadata.annotations ?? {};
  return { ...live, metadata: { ...live.metadata, annotations } };
}

/** `over` laid over `under`: objects field by field, lists of named items item by item, all else replaced. */
function overlaid(under: Json | undefined, over: Json): Json {
  if (Array.isArray(under) && Array.isArray(over)) {
    const items = under as readonly Json[];
    if (![...items, ...over].every((item: Json) => nameOf(item) !== undefined)) return over;
    return over.map((item: Json) =>
      overlaid(
        items.find((each) => nameOf(each) === nameOf(item)),
        item,
      ),
    );
  }
  if (!isJsonObject(under) || !isJsonObject(over)) return over;
  const changed = Object.entries(over).map(([key, item]): [string, Json] => [key, overlaid(under[key], item)]);
  return { ...under, ...Object.fromEntries(changed) };
}

function nameOf(item: Json): Json | undefined {
  return isJsonObject(item) ? item.name : undefined;
}

function owned(object: KubernetesObject, owner: KubernetesObject): KubernetesObject {
  const labels = { [OWNER_LABEL]: ownerHash(keyOf(owner)), ...object.metadata.labels };
  return { ...object, metadata: { ...object.metadata, labels } };
}

/** The record of every kind that the children of a case are of: what a deletion goes by. */
export function inventoryRecord(children: readonly StatedChild[], { rule }: CatalogEntry): KubernetesObject {
  const kinds = [...rule.writes.resources, ...children.map(({ object }) => object)].map(({ apiVersion, kind }) => ({
    apiVersion,
    kind,
  }));
  const patches = rule.writes.patches.map(({ apiVersion, kind }) => ({ apiVersion, kind }));
  return formatInventory(inventoryKey(rule), { kinds, patches, repositories: [] });
}

/** The objects that a case says are found, as the cluster has them: a Secret's keys stand for values. */
export function relatedObjects({ related }: CaseFacts): readonly KubernetesObject[] {
  const items = Object.values(related).flatMap((item) => (Array.isArray(item) ? (item as readonly Json[]) : [item]));
  return items.filter(isJsonObject).map((item) => withData(item as unknown as KubernetesObject));
}

function withData(item: KubernetesObject): KubernetesObject {
  const { keys, ...object } = item;
  if (!isSecret(item) || !Array.isArray(keys)) return item;
  return { ...object, data: Object.fromEntries(keys.map((key) => [String(key), ''])) } as unknown as KubernetesObject;
}
