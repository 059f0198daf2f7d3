/** Tells an observer, where there is one. Its failure, now or later, changes nothing, and it is not waited for. */
export function notify<Value>(observer: ((value: Value) => unknown) | undefined, value: Value): void {
  try {
    Promise.resolve(observer?.(value)).catch(() => {});
  } catch {
    // The observer's own trouble.
  }
}
