import type { CatalogEntry } from '#catalog/catalog.js';
import type { TemplateEngine } from '#catalog/template-engine.js';
import type { Desired, Rendering, WaitingReason } from '#model/desired.js';
import type { Facts } from '#model/facts.js';
import type { Installation } from '#model/installation.js';
import { compareText, isJsonObject, type Json, type JsonObject } from '#model/json.js';
import { asJson, formatKey, identityOf, type KubernetesObject, keyOf } from '#model/object.js';
import { parseDuration } from '#model/quantity.js';
import { complain, type Origin } from './complaint.js';
import { listAt, objectWith, textAt } from './fields.js';
import { desiredFile } from './files.js';
import { refuseForeignTemplates } from './foreign-template.js';
import { desiredResource } from './resources.js';

/**
 * Asks the template what should exist, and checks all that it says. Throws a fault where it says something that cannot
 * be published. What should exist never depends on what Edict reported: `desired` sees the object without its status.
 */
export async function render(facts: Facts, entry: CatalogEntry, ports: { templates: TemplateEngine; installation: Installation }): Promise<Rendering> {
  const output = await ports.templates.call({
    template: entry.template.path,
    function: 'desired',
    arguments: [factsForDesired(facts)],
    limits: entry.rule.limits,
  });
  const origin: Origin = { template: entry.template.path, rule: entry.rule.file, object: formatKey(keyOf(facts.object)) };
  const fields = objectWith(output, ['resources', 'files', 'waiting', 'stalled'], 'desired', origin);
  if (fields['waiting'] !== undefined) return { state: 'waiting', reasons: waitingReasons(fields['waiting'], origin) };
  if (fields['stalled'] !== undefined) return stalledRendering(fields['stalled'], origin);
  return { state: 'desired', desired: desiredOf(fields, facts.object, { entry, installation: ports.installation, origin }) };
}

/** Facts as `desired` is given them. */
export function factsForDesired(facts: Facts): JsonObject {
  const { status: _status, ...object } = facts.object;
  return { ...(facts as unknown as JsonObject), object: object as unknown as JsonObject };
}

function desiredOf(
  fields: JsonObject,
  owner: KubernetesObject,
  context: { readonly entry: CatalogEntry; readonly installation: Installation; readonly origin: Origin },
): Desired {
  const { origin } = context;
  const resources = listAt(fields['resources'], 'desired.resources', origin).map((item, index) =>
    desiredResource(item, `desired.resources[${index}]`, { ...context, owner }),
  );
  const files = listAt(fields['files'], 'desired.files', origin).map((item, index) => desiredFile(item, `desired.files[${index}]`, context));
  refuseForeignTemplates(owner, { resources, files }, origin);
  refuseTwice(resources, ({ object }) => identityOf(keyOf(object)), 'desired.resources', origin);
  refuseTwice(files, ({ repository, path }) => `${repository.remote}/${repository.name}@${repository.branch}/${path}`, 'desired.files', origin);
  return {
    resources: [...resources].sort((left, right) => left.wave - right.wave || compareText(identityOf(keyOf(left.object)), identityOf(keyOf(right.object)))),
    files: [...files].sort((left, right) => left.wave - right.wave || compareText(left.path, right.path)),
  };
}

function refuseTwice<Item>(items: readonly Item[], nameOf: (item: Item) => string, path: string, origin: Origin): void {
  const seen = new Map<string, number>();
  items.forEach((item, index) => {
    const name = nameOf(item);
    const first = seen.get(name);
    seen.set(name, first ?? index);
    if (first === undefined) return;
    complain(origin, {
      code: 'PathTaken',
      message: `the template produced one target twice, at ${path}[${first}] and ${path}[${index}]`,
      path: `${path}[${index}]`,
      fragment: name,
      remedy: 'Give each a name of its own.',
    });
  });
}

function waitingReasons(value: Json, origin: Origin): readonly WaitingReason[] {
  const reasons = listAt(value, 'desired.waiting', origin).map((item, index): WaitingReason => {
    const path = `desired.waiting[${index}]`;
    const { reason, message, after } = objectWith(item, ['reason', 'message', 'after'], path, origin);
    return {
      reason: conditionReason(reason, `${path}.reason`, origin),
      message: textAt(message, `${path}.message`, origin),
      after: typeof after === 'string' ? parseDuration(after) : undefined,
    };
  });
  if (reasons.length > 0) return reasons;
  return complain(origin, { code: 'TemplateOutputInvalid', message: 'desired.waiting names no reason', path: 'desired.waiting' });
}

function stalledRendering(value: Json, origin: Origin): Rendering {
  const { reason, message } = objectWith(value, ['reason', 'message'], 'desired.stalled', origin);
  return {
    state: 'stalled',
    reason: conditionReason(reason, 'desired.stalled.reason', origin),
    message: textAt(message, 'desired.stalled.message', origin),
  };
}

function conditionReason(value: Json | undefined, path: string, origin: Origin): string {
  const reason = textAt(value, path, origin);
  if (/^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$/.test(reason)) return reason;
  return complain(origin, { code: 'TemplateOutputInvalid', message: 'a reason is one CamelCase word', path, fragment: reason });
}

/** The template's own status fields; nothing where the template has none. `object` is given with its status. */
export async function renderStatus(facts: Facts, result: JsonObject, entry: CatalogEntry, templates: TemplateEngine): Promise<JsonObject> {
  if (!entry.template.functions.includes('status')) return {};
  const output = await templates.call({
    template: entry.template.path,
    function: 'status',
    arguments: [{ ...(facts as unknown as JsonObject), object: asJson(facts.object) }, result],
    limits: entry.rule.limits,
  });
  if (isJsonObject(output)) return output;
  const origin: Origin = { template: entry.template.path, rule: entry.rule.file, object: formatKey(keyOf(facts.object)) };
  return complain(origin, { code: 'TemplateOutputInvalid', message: 'status() must return an object', path: 'status', fragment: output });
}
