/** Whether a value, of whatever origin, has methods of these names: how clients are told apart. */
export function hasMethods(value: unknown, ...names: readonly string[]): value is object {
  if ((typeof value !== "object" && typeof value !== "function") || value === null) return false;
  return names.every((name) => typeof (value as Record<string, unknown>)[name] === "function");
}
