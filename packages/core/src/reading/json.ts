import { malformed, type Refusal } from "../provider.ts";

// `ignoreBOM: true` keeps a byte order mark in the text, where JSON.parse refuses it; the default would hide it.
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** A JSON object whose members are still to be checked. */
export type JsonObject = { readonly [name: string]: unknown };

export interface ParsedObject {
  readonly ok: true;
  readonly value: JsonObject;
  /** The text it was parsed from: one text for one body, since decoding is strict. */
  readonly text: string;
}

/** Decodes strict UTF-8 and parses a JSON object. Only for bytes that have been verified. */
export function parseJsonObject(body: Uint8Array): ParsedObject | Refusal {
  const parsed = parseJson(body);
  if (!parsed.ok) return parsed;
  const { value, text } = parsed;
  return isJsonObject(value) ? { ok: true, value, text } : malformed("not-an-object");
}

/**
 * `parse` for senders whose bodies are JSON arrays: an object with the array as its `items`. Only for bytes that have
 * been verified.
 */
export function parseJsonArray(body: Uint8Array): ParsedObject | Refusal {
  const parsed = parseJson(body);
  if (!parsed.ok) return parsed;
  const { value: items, text } = parsed;
  return Array.isArray(items) ? { ok: true, value: { items }, text } : malformed("not-an-array");
}

function parseJson(body: Uint8Array): { readonly ok: true; value: unknown; text: string } | Refusal {
  const text = decodeText(body);
  if (text === undefined) return malformed("not-utf8");
  try {
    return { ok: true, value: JSON.parse(text), text };
  } catch {
    return malformed("not-json");
  }
}

/** Strict UTF-8, or undefined. */
export function decodeText(body: Uint8Array): string | undefined {
  try {
    return decoder.decode(body);
  } catch {
    return undefined;
  }
}

/** Whether a parsed value is an object: not null, not an array. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A member that is an object, or an empty one: lets readers look two levels deep without a check at each. */
export function objectMember(value: unknown): JsonObject {
  return isJsonObject(value) ? value : {};
}

/** The instant that Unix seconds name, or null where the value is no such number. */
export function dateFromSeconds(value: unknown): Date | null {
  if (typeof value !== "number") return null;
  const date = new Date(value * 1000);
  return Number.isNaN(date.getTime()) ? null : date;
}

/** The instant that milliseconds since the epoch name, or null where the value is no such number. */
export function dateFromMilliseconds(value: unknown): Date | null {
  if (typeof value !== "number") return null;
  const date = new Date(value);
  return Number.isNaN(date.getTime()) ? null : date;
}

/** The value where it is a string, else an empty one. */
export function stringMember(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** A count that starts at 1, or undefined where the value is none. */
export function count(value: unknown): number | undefined {
  return typeof value === "number" && Number.isSafeInteger(value) && value > 0 ? value : undefined;
}

const isoInstant = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d{1,9})?(Z|[+-]\d\d:?\d\d)?$/;

/**
 * The instant that an ISO 8601 date and time names, or null. `Date.parse` alone would read `"5"` as a year. Without
 * an offset it is taken as UTC, which is what servers write when they leave it out.
 */
export function dateFromIso(value: unknown): Date | null {
  const match = typeof value === "string" ? isoInstant.exec(value) : null;
  if (match === null) return null;
  const date = new Date(match[1] === undefined ? `${match[0]}Z` : match[0]);
  return Number.isNaN(date.getTime()) ? null : date;
}
