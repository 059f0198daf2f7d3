/**
 * Looks at the next `count` entries of a map, removes those that are over, and stops after `limit` removals. Returns
 * how many it removed.
 */
export type Sweep = (count: number, limit?: number) => number;

/**
 * Makes a {@link Sweep} that goes round and round. It keeps one iterator for good: a Map skips over its removed
 * entries each time it is asked for its first key, which makes a new iterator for each insertion hundreds of times
 * slower.
 */
export function sweeper<Value>(
  map: Map<string, Value>,
  isOver: (value: Value) => boolean,
  onRemove: (key: string) => void,
): Sweep {
  let entries = map.entries();
  return function sweep(count, limit = count) {
    let removed = 0;
    for (let seen = 0; seen < count && removed < limit; seen++) {
      const next = entries.next();
      if (next.done === true) {
        entries = map.entries();
        if (map.size === 0) break;
        continue;
      }
      const [key, value] = next.value;
      if (isOver(value)) {
        map.delete(key);
        onRemove(key);
        removed++;
      }
    }
    return removed;
  };
}
