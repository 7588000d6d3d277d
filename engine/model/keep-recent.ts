/** Puts a value last into a map that holds no more than `maximum`: the one that was put longest ago goes first. */
export function keepRecent<Key, Value>(map: Map<Key, Value>, key: Key, value: Value, maximum: number): void {
  map.delete(key);
  map.set(key, value);
  const [oldest] = map.keys();
  if (map.size > maximum && oldest !== undefined) map.delete(oldest);
}
