import type { Desired } from '#model/desired.js';
import { isJsonObject, type Json } from '#model/json.js';
import { asJson, type KubernetesObject } from '#model/object.js';
import { formatPath, type Path } from '#model/path.js';
import { parseYaml } from '#model/yaml.js';
import { complain, type Origin } from './complaint.js';

/** Kind whose body is itself a template that Argo CD evaluates: user text must not add to it. */
const TEMPLATED = 'ApplicationSet';

/**
 * Throws TemplateOutputInvalid where text of the custom resource that holds `{{` reaches an object that is evaluated as
 * a template elsewhere: it would run there with the rights of that other engine.
 */
export function refuseForeignTemplates(owner: KubernetesObject, desired: Desired, origin: Origin): void {
  const asked = asJson({ ...owner, status: undefined });
  if (!JSON.stringify(asked).includes('{{')) return;
  const suspects = [...textsIn(asked, [])].flatMap(({ path, text }) =>
    (text.match(/\{\{.*?(\}\}|$)/gs) ?? []).map((expression) => ({ path, expression })),
  );
  if (suspects.length === 0) return;
  const targets = [
    ...[...desired.resources, ...desired.patches].map(({ object }) => ({
      place: `${object.kind}/${object.metadata.name}`,
      texts: templated(asJson(object)),
    })),
    ...desired.files.map(({ path, content }) => ({ place: path, texts: templatedText(content, path) })),
  ];
  for (const { path, expression } of suspects) {
    const target = targets.find(({ texts }) => texts.some((text) => text.includes(expression)));
    if (target === undefined) continue;
    complain(origin, {
      code: 'TemplateOutputInvalid',
      message: `text with {{ of ${formatPath(path)} would reach ${target.place}, where it is evaluated`,
      path: formatPath(path),
      fragment: expression,
      remedy: 'Remove {{ from the custom resource.',
    });
  }
}

/** Every text in a file, if it holds an object that is a template. */
function templatedText(content: string, file: string): readonly string[] {
  if (!content.includes(TEMPLATED)) return [];
  try {
    return parseYaml(content, { file }).flatMap(({ value }) => templated(value));
  } catch {
    return [content];
  }
}

/** Every text in `value`, if it is or contains an object that is a template. */
function templated(value: Json): readonly string[] {
  return isTemplated(value) ? [...textsIn(value, [])].map(({ text }) => text) : [];
}

function isTemplated(value: Json): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (isJsonObject(value) && value.kind === TEMPLATED) return true;
  return Object.values(value).some((item: Json) => isTemplated(item));
}

/** Every text and every key below `value`. */
function* textsIn(value: Json | undefined, path: Path): Generator<{ readonly path: Path; readonly text: string }> {
  if (typeof value === 'string') yield { path, text: value };
  if (Array.isArray(value)) for (const [index, item] of value.entries()) yield* textsIn(item as Json, [...path, index]);
  else if (isJsonObject(value)) {
    for (const [key, item] of Object.entries(value)) {
      const place = [...path, key];
      yield { path: place, text: key };
      yield* textsIn(item, place);
    }
  }
}
