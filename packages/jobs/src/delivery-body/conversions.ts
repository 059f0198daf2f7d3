import { isJsonObject, type JsonObject } from "@latchhook/core/kit";

/** A value of an answer in the type that a delivery has there, or undefined where it cannot be had. */
export type Conversion = (value: unknown) => unknown;

/** A member of a delivery: its type, and the names under which an answer may have it, the best first. */
export type DeliveryMember = readonly [Conversion, ...names: readonly string[]];

/**
 * The members of a delivery that an answer holds, each in the delivery's own type. Nothing else of the answer goes
 * over, for one member of another type would make a known event an unknown one.
 */
export function convertMembers(
  answer: JsonObject,
  members: Readonly<Record<string, DeliveryMember>>,
): Record<string, unknown> {
  const converted: Record<string, unknown> = {};
  for (const [name, [convert, ...aliases]] of Object.entries(members)) {
    const values = [name, ...aliases].map((alias) =>
      Object.hasOwn(answer, alias) ? answer[alias] : undefined,
    );
    const value = values
      .map((found) => (found === null ? undefined : convert(found)))
      .find((one) => one !== undefined);
    if (value !== undefined) converted[name] = value;
    else if (values.includes(null)) converted[name] = null;
  }
  return converted;
}

export const text: Conversion = (value) => (typeof value === "string" ? value : undefined);

export const flag: Conversion = (value) => (typeof value === "boolean" ? value : undefined);

/** OpenAI's models say `"8"` where the others say 8. */
export function number(value: unknown): number | undefined {
  const read = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  return typeof read === "number" && Number.isFinite(read) ? read : undefined;
}

/** ISO 8601 in UTC, of an ISO text or of Unix seconds. */
export const isoTime: Conversion = (value) => toDate(value)?.toISOString();

/** Unix seconds, of a number or of an ISO text. */
export const unixSeconds: Conversion = (value) => {
  const date = toDate(value);
  return date === undefined ? undefined : Math.floor(date.getTime() / 1000);
};

/** Without an offset a text is UTC, as providers take it. */
function toDate(value: unknown): Date | undefined {
  const seconds = number(value);
  const time = typeof value === "string" ? value.trim().replace(/^([\d-]+[T ][\d:.]+)$/, "$1Z") : "";
  const date = new Date(seconds === undefined ? Date.parse(time) : seconds * 1000);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

/** Deeper than any sender nests, and shallow enough for `JSON.stringify`, which an answer of a megabyte `[` would end. */
const deepest = 32;

/** An object as it is. */
export const object: Conversion = (value) =>
  isJsonObject(value) && isShallow(value, deepest) ? value : undefined;

/** A list of objects; what is none is left out. */
export const objects: Conversion = (value) =>
  Array.isArray(value) ? value.filter((entry) => object(entry) !== undefined) : undefined;

function isShallow(value: unknown, depth: number): boolean {
  if (typeof value !== "object" || value === null) return true;
  return depth > 0 && Object.values(value).every((member) => isShallow(member, depth - 1));
}

const encoder = new TextEncoder();

export function toJsonBytes(payload: JsonObject): Uint8Array {
  return encoder.encode(JSON.stringify(payload));
}
