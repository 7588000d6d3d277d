import { EdictError } from '#errors/edict-error.js';
import type { Fault } from '#errors/fault.js';
import type { FieldChange, PatchChange } from '#model/change-set.js';
import type { DesiredPatch } from '#model/desired.js';
import { managersAt } from '#model/field-sets.js';
import { compareText, type JsonObject } from '#model/json.js';
import { asJson, formatKey, identityOf, type KubernetesObject, keyOf } from '#model/object.js';
import { fieldManagerOf } from '#model/ownership.js';
import { formatPath, parsePath, valueAt } from '#model/path.js';
import { deviations } from './difference.js';
import { isMade } from './foreign.js';
import { appliedFields, stands, surplus } from './managed-fields.js';
import type { ResourceContext } from './resource-context.js';

/**
 * One change for each patch that was rendered, and one for each object that carries fields of this owner and is no
 * longer patched. Objects of others are only ever looked at through what the API server notes of the owner's manager.
 */
export function planPatches(
  patches: readonly DesiredPatch[],
  context: ResourceContext & { readonly rendered: ReadonlySet<string> },
): readonly PatchChange[] {
  const { live, rendered } = context;
  const wanted = new Set(patches.map(({ object }) => identityOf(keyOf(object))));
  const stale = [...live].filter(
    ([identity, object]) => !wanted.has(identity) && !rendered.has(identity) && !isMade(object, context),
  );
  return [
    ...patches.map((patch) => planPatch(patch, context)),
    ...stale.flatMap(([, object]) => planRelease(object, context)),
  ];
}

function planPatch({ object, wave }: DesiredPatch, context: ResourceContext): PatchChange {
  const { live, owner } = context;
  const key = keyOf(object);
  const current = live.get(identityOf(key));
  const change = { sink: 'patch', key, wave, uid: current?.metadata.uid, object, fields: [] } as const;
  if (current === undefined) return { ...change, action: 'await', reason: 'it is not there' };
  refuseChild(current, context);
  if (current.metadata.deletionTimestamp !== undefined)
    return { ...change, action: 'await', reason: 'it is being deleted' };
  const applied = appliedFields(current, managerOf(context)) ?? {};
  const removed = fieldsOf(applied, current, asJson(object));
  if (removed.length === 0 && stands(applied, asJson(current), asJson(object)))
    return { ...change, action: 'none', reason: undefined };
  const fields = [...deviations(asJson(current), asJson(object)), ...removed];
  refuseTaken(current, object, fields, context);
  const reason =
    fields.length === 0 ? `it has these values, and ${formatKey(keyOf(owner))} asks for them now` : undefined;
  return { ...change, action: 'patch', fields, reason };
}

/** What is given back stays only where somebody else manages it too. */
function planRelease(object: KubernetesObject, context: ResourceContext): readonly PatchChange[] {
  const applied = appliedFields(object, managerOf(context));
  if (applied === undefined) return [];
  const isLeaving = object.metadata.deletionTimestamp !== undefined;
  return [
    {
      sink: 'patch',
      action: isLeaving ? 'none' : 'release',
      key: keyOf(object),
      wave: 0,
      uid: object.metadata.uid,
      object: undefined,
      fields: isLeaving ? [] : fieldsOf(applied, object, {}),
      reason: isLeaving ? 'it is being deleted' : 'it is no longer patched',
    },
  ];
}

const managerOf = ({ entry: { rule }, owner }: ResourceContext): string => fieldManagerOf(rule.slug, keyOf(owner));

/** What the owner manages of an object and `body` no longer has. */
function fieldsOf(applied: JsonObject, object: KubernetesObject, body: JsonObject): readonly FieldChange[] {
  const live = asJson(object);
  return surplus(applied, live, body)
    .map((path): FieldChange => ({ path: formatPath(path), before: valueAt(live, path), after: undefined }))
    .sort((left, right) => compareText(left.path, right.path));
}

/** Throws FieldTaken where the object tells who else manages a field and has it otherwise; the API server knows it in any case. */
function refuseTaken(
  current: KubernetesObject,
  object: KubernetesObject,
  fields: readonly FieldChange[],
  context: ResourceContext,
): void {
  const entries = current.metadata.managedFields ?? [];
  const isOther = (manager: string): boolean => manager !== managerOf(context);
  const faults = fields
    .filter(({ before, after }) => before !== undefined && after !== undefined)
    .flatMap(({ path }) =>
      managersAt(entries, parsePath(path) ?? [], asJson(object))
        .filter(isOther)
        .map(
          (manager): Fault => ({
            code: 'FieldTaken',
            message: `${manager} owns ${path} of ${formatKey(keyOf(current))}.`,
            location: { object: formatKey(keyOf(current)), path },
            fragment: manager,
            remedy: 'Stop patching this field, or stop the manager.',
          }),
        ),
    );
  if (faults.length > 0) throw new EdictError(faults);
}

/** Throws TemplateOutputInvalid for a child: one manager cannot both make an object and patch it. */
function refuseChild(current: KubernetesObject, context: ResourceContext): void {
  const { entry, owner } = context;
  if (!isMade(current, context)) return;
  const name = formatKey(keyOf(current));
  throw new EdictError({
    code: 'TemplateOutputInvalid',
    message: `${name} is patched, but it was made for this object`,
    location: { file: entry.template.path, object: formatKey(keyOf(owner)), path: 'desired.patches' },
    fragment: name,
    remedy: 'Render it under resources.',
  });
}
