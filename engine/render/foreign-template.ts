import type { Desired } from '#model/desired.js';
import { isJsonObject, type Json } from '#model/json.js';
import { asJson, groupOf, type KubernetesObject } from '#model/object.js';
import { formatPath, type Path } from '#model/path.js';
import { complain, type Origin } from './complaint.js';

/** Kinds whose body is itself a template that somebody else evaluates: user text must not add to it. */
const TEMPLATED = /^kind: *["']?ApplicationSet["']?\s*$/m;

/**
 * Throws TemplateOutputInvalid where text of the custom resource that holds `{{` reaches an object that is evaluated as
 * a template elsewhere: it would run there with the rights of that other engine.
 */
export function refuseForeignTemplates(owner: KubernetesObject, desired: Desired, origin: Origin): void {
  const suspects = [...templateTexts(asJson({ ...owner, status: undefined }), [])];
  if (suspects.length === 0) return;
  const texts = [
    ...desired.files.map(({ path, content }) => ({ place: path, text: TEMPLATED.test(content) ? content : '' })),
    ...desired.resources.map(({ object }) => ({
      place: `${object.kind}/${object.metadata.name}`,
      text: groupOf(object.apiVersion) === 'argoproj.io' && object.kind === 'ApplicationSet' ? JSON.stringify(object) : '',
    })),
  ];
  for (const { path, value } of suspects) {
    const target = texts.find(({ text }) => text.includes(value) || text.includes(JSON.stringify(value).slice(1, -1)));
    if (target === undefined) continue;
    complain(origin, {
      code: 'TemplateOutputInvalid',
      message: `text with {{ of ${formatPath(path)} would reach ${target.place}, where it is evaluated`,
      path: formatPath(path),
      fragment: value,
      remedy: 'Remove {{ from the custom resource.',
    });
  }
}

function* templateTexts(value: Json | undefined, path: Path): Generator<{ readonly path: Path; readonly value: string }> {
  if (typeof value === 'string' && value.includes('{{')) yield { path, value };
  if (Array.isArray(value)) for (const [index, item] of value.entries()) yield* templateTexts(item as Json, [...path, index]);
  else if (isJsonObject(value)) for (const [key, item] of Object.entries(value)) yield* templateTexts(item, [...path, key]);
}
