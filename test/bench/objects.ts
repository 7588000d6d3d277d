import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Json, JsonObject } from '#model/json.js';
import type { KubernetesObject } from '#model/object.js';
import { parseYaml } from '#model/yaml.js';

/** The kinds that are measured: each has an example and a twin of its template. */
export const SLUGS = ['performer', 'applicationclaim'] as const;
export type Slug = (typeof SLUGS)[number];

/** The example of a kind. */
export function exampleOf(slug: Slug, root: string): KubernetesObject {
  const file = `examples/${slug}.yaml`;
  return parseYaml(readFileSync(join(root, file), 'utf8'), { file })[0]!.value as unknown as KubernetesObject;
}

/** `count` objects like `object`, each with a name of its own. */
export function numbered(object: KubernetesObject, count: number): readonly KubernetesObject[] {
  return Array.from({ length: count }, (_, index) => {
    const { name } = object.metadata;
    return { ...object, metadata: { ...object.metadata, name: `${name}-${index}` } };
  });
}

/** The same object with `count` more environment variables of so many characters, in one container or over several applications. */
export function withVariables(object: KubernetesObject, count: number, length: number): KubernetesObject {
  const spec = object.spec as JsonObject;
  const names = Array.from({ length: count }, (_, index) => [`VARIABLE_${index}`, 'x'.repeat(length)] as const);
  const applications = spec.applications as readonly JsonObject[] | undefined;
  if (applications === undefined) {
    const config = spec.config as JsonObject;
    const environment = { ...(config.environment as JsonObject), ...Object.fromEntries(names) };
    return { ...object, spec: { ...spec, config: { ...config, environment } } } as KubernetesObject;
  }
  const variables: readonly Json[] = names.map(([name, value]) => ({ name, value }));
  const share = Math.ceil(count / applications.length);
  const grown = applications.map((application, index) => ({
    ...application,
    env: [
      ...((application.env as readonly Json[] | undefined) ?? []),
      ...variables.slice(index * share, (index + 1) * share),
    ],
  }));
  return { ...object, spec: { ...spec, applications: grown } } as KubernetesObject;
}
