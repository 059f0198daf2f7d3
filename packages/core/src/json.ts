import { malformed, type Refusal } from "./provider.ts";

// `ignoreBOM: true` keeps a byte order mark in the text, where JSON.parse refuses it; the default would hide it.
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** A JSON object whose members are still to be checked. */
export type JsonObject = { readonly [name: string]: unknown };

/** Decodes strict UTF-8 and parses a JSON object. Only for bytes that have been verified. */
export function parseJsonObject(body: Uint8Array): { readonly ok: true; readonly value: JsonObject } | Refusal {
  let text: string;
  try {
    text = decoder.decode(body);
  } catch {
    return malformed("not-utf8");
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return malformed("not-json");
  }
  return isJsonObject(value) ? { ok: true, value } : malformed("not-an-object");
}

/** Whether a parsed value is an object: not null, not an array. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A member that is an object, or an empty one: lets readers look two levels deep without a check at each. */
export function objectMember(value: unknown): JsonObject {
  return isJsonObject(value) ? value : {};
}
