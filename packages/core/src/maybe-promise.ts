/** A value, or the promise of one. Node verifies synchronously; Web Crypto and remote stores cannot. */
export type MaybePromise<Value> = Value | PromiseLike<Value>;

/** Tells a promise from a plain value. */
export function isPromiseLike<Value>(value: MaybePromise<Value>): value is PromiseLike<Value> {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}

/** Applies `next` to `value` now, or when it has arrived: synchronous as long as its input is. */
export function andThen<Value, Result>(
  value: MaybePromise<Value>,
  next: (value: Value) => MaybePromise<Result>,
): MaybePromise<Result> {
  return isPromiseLike(value) ? value.then(next) : next(value);
}

/** The index of the first item that passes `test`, or -1: synchronous as long as `test` is. */
export function firstMatch<Item>(
  items: readonly Item[],
  test: (item: Item) => MaybePromise<boolean>,
  from = 0,
): MaybePromise<number> {
  for (let index = from; index < items.length; index++) {
    const matched = test(items[index] as Item);
    if (matched === true) return index;
    if (matched !== false) {
      return matched.then((late) => (late ? index : firstMatch(items, test, index + 1)));
    }
  }
  return -1;
}
