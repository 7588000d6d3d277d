import type { CatalogEntry } from '#catalog/catalog.js';
import { EdictError } from '#errors/edict-error.js';
import { type SecretHandle, secretHandle } from '#model/desired.js';
import type { Facts } from '#model/facts.js';
import { isJsonObject, type Json, type JsonObject } from '#model/json.js';
import { asJson, formatKey, isSecret, type KubernetesObject, keyOf, type ObjectKey } from '#model/object.js';

/** Reads one live object, or null. */
export interface ObjectReader {
  get(key: ObjectKey, extent?: 'whole'): Promise<KubernetesObject | null>;
}

/**
 * `object` with every secret handle replaced by the value that it stands for: base64 in the `data` of a Secret, plain
 * text elsewhere. Only what is about to be sent to the cluster is ever given to this.
 */
export async function resolveHandles(
  object: KubernetesObject,
  facts: Facts,
  entry: CatalogEntry,
  cluster: ObjectReader,
): Promise<KubernetesObject> {
  if (!JSON.stringify(object).includes('"$secret"')) return object;
  const { data, ...rest } = asJson(object);
  const plain = await resolved(rest, false);
  const body = data === undefined ? plain : { ...(plain as JsonObject), data: await resolved(data, isSecret(object)) };
  return body as unknown as KubernetesObject;

  async function resolved(value: Json, encoded: boolean): Promise<Json> {
    const handle = secretHandle(value);
    if (handle !== undefined) return secretValue(handle, encoded);
    if (Array.isArray(value)) return Promise.all(value.map((item: Json) => resolved(item, encoded)));
    if (!isJsonObject(value)) return value;
    const fields = Object.entries(value).map(async ([key, item]) => [key, await resolved(item, encoded)] as const);
    return Object.fromEntries(await Promise.all(fields));
  }

  async function secretValue({ as, key }: SecretHandle, encoded: boolean): Promise<string> {
    const outline = facts.related[as];
    const metadata = isJsonObject(outline) && isJsonObject(outline.metadata) ? outline.metadata : {};
    const { name, namespace } = metadata as { name?: string; namespace?: string };
    const place = namespace === undefined ? {} : { namespace };
    const secret = name === undefined ? null : await cluster.get({ apiVersion: 'v1', kind: 'Secret', ...place, name });
    const { data, stringData } = secret === null ? {} : asJson(secret);
    const plain = textOf(stringData, key);
    const value = plain === undefined ? textOf(data, key) : Buffer.from(plain).toString('base64');
    if (value === undefined) throw missing(as, key);
    return encoded ? value : Buffer.from(value, 'base64').toString('utf8');
  }

  function missing(as: string, key: string): EdictError {
    return new EdictError({
      code: 'ObjectNotFound',
      message: `the Secret that is read as ${as} has no key ${key}`,
      location: { file: entry.rule.file, object: formatKey(keyOf(facts.object)), path: `related.${as}` },
      remedy: 'Create the Secret with that key, or wait in the template until it is there.',
    });
  }
}

function textOf(part: Json | undefined, key: string): string | undefined {
  const value = isJsonObject(part) && Object.hasOwn(part, key) ? part[key] : undefined;
  return typeof value === 'string' ? value : undefined;
}
