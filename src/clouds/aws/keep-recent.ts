/** Sets a key anew, so that the first of the map is the one that was used longest ago; that one may go. */
export function keepRecent<V>(
  map: Map<string, V>,
  { key, value, most }: { readonly key: string; readonly value: V; readonly most: number },
): void {
  map.delete(key);
  map.set(key, value);
  const oldest = map.keys().next();
  if (map.size > most && oldest.done !== true) map.delete(oldest.value);
}
