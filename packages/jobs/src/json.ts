/** A JSON object whose members are still to be checked. */
export type JsonObject = { readonly [name: string]: unknown };

/** Whether a parsed value is an object: not null, not an array. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A member that is an object, or an empty one. */
export function objectMember(value: unknown): JsonObject {
  return isJsonObject(value) ? value : {};
}
