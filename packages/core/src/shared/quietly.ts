import { isPromiseLike } from "./maybe-promise.ts";

/** Calls what must not be able to change anything: a failure, now or later, is undefined, and nothing is waited for. */
export function quietly<Result>(call: () => Result): Result | undefined {
  try {
    const result = call();
    if (isPromiseLike<unknown>(result)) result.then(undefined, () => {});
    return result;
  } catch {
    return undefined;
  }
}
