/**
 * Looks at the next `count` entries of a map, removes those that are over at `time`, and stops after `limit`
 * removals. Returns how many it removed.
 */
export type Sweep = (time: number, count: number, limit: number) => number;

/**
 * Makes a {@link Sweep} that goes round and round. It keeps one iterator for good: a Map skips over its removed
 * entries each time it is asked for its first key, which makes a new iterator for each insertion hundreds of times
 * slower.
 */
export function sweeper<Value>(
  map: Map<string, Value>,
  isOver: (value: Value, time: number) => boolean,
): Sweep {
  let entries = map.entries();
  return function sweep(time, count, limit) {
    let removed = 0;
    for (let seen = 0; seen < count && removed < limit; seen++) {
      const next = entries.next();
      if (next.done === true) {
        entries = map.entries();
        continue;
      }
      const [key, value] = next.value;
      if (isOver(value, time)) {
        map.delete(key);
        removed++;
      }
    }
    return removed;
  };
}
