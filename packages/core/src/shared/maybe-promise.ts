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
