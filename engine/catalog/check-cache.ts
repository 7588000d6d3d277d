import { digestOf } from '#model/digest.js';
import type { Json } from '#model/json.js';

/** Keeps what a check found, by the hash of all that it depends on. Losing any of it only costs time. */
export interface CheckCache {
  get(key: string): Promise<Json | undefined>;
  put(key: string, value: Json): Promise<void>;
}

/** What `check` finds for `input`: from the cache where the same input was checked before. `name` tells checks apart. */
export async function cached<Found>(
  cache: CheckCache,
  name: string,
  input: unknown,
  check: () => Promise<Found>,
): Promise<Found> {
  const key = digestOf(JSON.stringify([name, input]));
  const known = await cache.get(key);
  if (known !== undefined) return known as unknown as Found;
  const found = await check();
  await cache.put(key, found as unknown as Json);
  return found;
}
