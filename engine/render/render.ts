import type { CatalogEntry } from '#catalog/catalog.js';
import type { TemplateEngine } from '#catalog/template-engine.js';
import {
  addressKey,
  type Desired,
  type DesiredFile,
  type DesiredPatch,
  type DesiredResource,
  type Rendering,
  type WaitingReason,
} from '#model/desired.js';
import type { Facts } from '#model/facts.js';
import type { Installation } from '#model/installation.js';
import { compareText, isJsonObject, type Json, type JsonObject } from '#model/json.js';
import { isConditionReason } from '#model/names.js';
import { asJson, formatKey, identityOf, type KubernetesObject, keyOf, withoutStatus } from '#model/object.js';
import { parseDuration } from '#model/quantity.js';
import { redactText, sensitiveTexts } from '#model/redact.js';
import { complain, type Origin, type OutputContext } from './complaint.js';
import { listAt, objectWith, refuseBadKeys, textAt } from './fields.js';
import { desiredFile } from './files.js';
import { refuseForeignTemplates } from './foreign-template.js';
import { refuseForgedHandles, refuseMisplacedHandles } from './handles.js';
import { desiredPatch } from './patches.js';
import { desiredResource } from './resources.js';

/**
 * Asks the template what should exist, and checks all that it says. Throws a fault where it says something that cannot
 * be published. What should exist never depends on what Edict reported: `desired` sees the object without its status.
 */
export async function render(
  facts: Facts,
  entry: CatalogEntry,
  ports: { readonly templates: TemplateEngine; readonly installation: Installation },
): Promise<Rendering> {
  const origin = originOf(facts, entry);
  refuseForgedHandles(facts, entry, origin);
  const output = await ports.templates.call({
    template: entry.template.path,
    function: 'desired',
    arguments: [factsForDesired(facts)],
    limits: entry.rule.limits,
    object: formatKey(keyOf(facts.object)),
  });
  const fields = objectWith(output, ['resources', 'patches', 'files', 'waiting', 'stalled'], 'desired', origin);
  refuseBadKeys(fields, 'desired', origin);
  const { waiting = null, stalled = null } = fields;
  if (waiting !== null) return { state: 'waiting', reasons: waitingReasons(waiting, origin) };
  if (stalled !== null) return stalledRendering(stalled, origin);
  return {
    state: 'desired',
    desired: desiredOf(fields, facts.object, { entry, installation: ports.installation, origin }),
  };
}

function originOf({ object }: Facts, { template, rule }: CatalogEntry): Origin {
  return { template: template.path, rule: rule.file, object: formatKey(keyOf(object)) };
}

/** Facts as `desired` is given them. */
export function factsForDesired(facts: Facts): JsonObject {
  return { ...(facts as unknown as JsonObject), object: withoutStatus(facts.object) };
}

function desiredOf(fields: JsonObject, owner: KubernetesObject, context: OutputContext): Desired {
  const { origin } = context;
  const resources = listAt(fields.resources, 'desired.resources', origin).map((item, index) =>
    desiredResource(item, `desired.resources[${index}]`, { ...context, owner }),
  );
  const files = listAt(fields.files, 'desired.files', origin).map((item, index) =>
    desiredFile(item, `desired.files[${index}]`, context),
  );
  const patches = listAt(fields.patches, 'desired.patches', origin).map((item, index) =>
    desiredPatch(item, `desired.patches[${index}]`, { ...context, owner }),
  );
  refuseForeignTemplates(owner, { resources, patches, files }, origin);
  refuseSensitiveFiles(files, sensitiveTexts(owner, context.entry.rule.sensitive), origin);
  refuseTwice(resources, objectName, 'desired.resources', origin);
  refuseTwice(patches, objectName, 'desired.patches', origin);
  refuseOwnPatches(resources, patches, origin);
  refuseTwice(files, fileName, 'desired.files', origin);
  refuseFilesAsFolders(files, origin);
  return {
    resources: [...resources].sort(byWaveAndName),
    patches: [...patches].sort(byWaveAndName),
    files: [...files].sort((left, right) => left.wave - right.wave || compareText(fileName(left), fileName(right))),
  };
}

type DesiredObject = DesiredResource | DesiredPatch;

const objectName = ({ object }: DesiredObject): string => identityOf(keyOf(object));

const byWaveAndName = (left: DesiredObject, right: DesiredObject): number =>
  left.wave - right.wave || compareText(objectName(left), objectName(right));

/** Throws TemplateOutputInvalid where one object is both rendered and patched: each would take the fields of the other away. */
function refuseOwnPatches(
  resources: readonly DesiredResource[],
  patches: readonly DesiredPatch[],
  origin: Origin,
): void {
  const own = new Set(resources.map(objectName));
  const index = patches.findIndex((patch) => own.has(objectName(patch)));
  const patch = patches[index];
  if (patch === undefined) return;
  complain(origin, {
    code: 'TemplateOutputInvalid',
    message: 'the template renders this object as a resource, and patches it too',
    path: `desired.patches[${index}]`,
    fragment: formatKey(keyOf(patch.object)),
    remedy: 'Put the fields into the resource.',
  });
}

function fileName({ repository, path }: DesiredFile): string {
  return `${addressKey(repository)} ${path}`;
}

/** Throws SecretForbidden where a file holds what the rule calls sensitive: whoever reads the repository would see it. */
function refuseSensitiveFiles(files: readonly DesiredFile[], sensitive: readonly string[], origin: Origin): void {
  const index = files.findIndex(({ path, content }) =>
    [path, content].some((text) => redactText(text, sensitive) !== text),
  );
  const file = files[index];
  if (file === undefined) return;
  complain(origin, {
    code: 'SecretForbidden',
    message: 'a value that the rule calls sensitive would be committed to a repository',
    path: `desired.files[${index}]`,
    fragment: redactText(file.path, sensitive),
    remedy: 'Keep it out of files: write it to a Secret of the cluster and refer to that by name.',
  });
}

/** Throws PathTaken where one file stands where another needs a folder. */
function refuseFilesAsFolders(files: readonly DesiredFile[], origin: Origin): void {
  const names = new Set(files.map(fileName));
  files.forEach((file, index) => {
    for (let slash = file.path.indexOf('/'); slash >= 0; slash = file.path.indexOf('/', slash + 1)) {
      const folder = file.path.slice(0, slash);
      if (!names.has(fileName({ ...file, path: folder }))) continue;
      const message = `${folder} is a file and the folder of ${file.path}`;
      complain(origin, { code: 'PathTaken', message, path: `desired.files[${index}]`, fragment: file.path });
    }
  });
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
      after: delayAt(after, `${path}.after`, origin),
    };
  });
  if (reasons.length > 0) return reasons;
  return complain(origin, {
    code: 'TemplateOutputInvalid',
    message: 'desired.waiting names no reason',
    path: 'desired.waiting',
  });
}

function delayAt(value: Json | undefined, path: string, origin: Origin): number | undefined {
  if (value === undefined || value === null) return undefined;
  const delay = typeof value === 'string' ? parseDuration(value) : undefined;
  if (delay !== undefined) return delay;
  const message = `${path} must be a time such as 30s, 5m or 2h`;
  return complain(origin, { code: 'TemplateOutputInvalid', message, path, fragment: value });
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
  if (isConditionReason(reason)) return reason;
  return complain(origin, {
    code: 'TemplateOutputInvalid',
    message: 'a reason is one CamelCase word',
    path,
    fragment: reason,
  });
}

/** The template's own status fields; nothing where the template has none. `object` is given with its status. */
export async function renderStatus(
  facts: Facts,
  result: JsonObject,
  entry: CatalogEntry,
  templates: TemplateEngine,
): Promise<JsonObject> {
  if (!entry.template.functions.includes('status')) return {};
  const output = await templates.call({
    template: entry.template.path,
    function: 'status',
    arguments: [{ ...(facts as unknown as JsonObject), object: asJson(facts.object) }, result],
    limits: entry.rule.limits,
    object: formatKey(keyOf(facts.object)),
  });
  const origin = originOf(facts, entry);
  refuseBadKeys(output, 'status', origin);
  refuseMisplacedHandles(output, 'status', origin);
  if (isJsonObject(output)) return output;
  const message = 'status() must return an object';
  return complain(origin, { code: 'TemplateOutputInvalid', message, path: 'status', fragment: output });
}
