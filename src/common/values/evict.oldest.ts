/** Makes room for one more key: removes the oldest when there are `max`. Map and Set iterate in the order of insertion. */
export function evictOldest(keys: Map<string, unknown> | Set<string>, max: number): void {
  if (keys.size < max) return;
  for (const oldest of keys.keys()) {
    keys.delete(oldest);
    return;
  }
}
