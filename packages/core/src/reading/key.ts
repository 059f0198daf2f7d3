import { sha256Hex } from "#crypto";
import type { MaybePromise } from "../shared/maybe-promise.ts";

/** One part of a delivery's identity: a JSON scalar, so that `5` and `"5"` stay apart. */
export type IdentityPart = string | number | boolean | null;

/**
 * The key under which a store knows a delivery: the SHA-256, in lower-case hex, of scope, provider and identity.
 *
 * The tuple is encoded as a JSON array. That is unambiguous (no two tuples have the same text) and escapes lone
 * surrogates, which UTF-8 would fold into one replacement character. Hashing keeps raw ids out of stores, which
 * break on NUL, lone surrogates and megabyte keys, and out of logs.
 */
export function deliveryKey(
  scope: string,
  provider: string,
  identity: readonly IdentityPart[],
): MaybePromise<string> {
  return sha256Hex(JSON.stringify([scope, provider, ...identity]));
}

/**
 * The value itself where it is a JSON scalar, else null: objects, arrays and empty strings identify nothing. Neither do
 * numbers beyond 2^53, where `JSON.parse` makes one of several.
 */
export function identityPart(value: unknown): IdentityPart {
  if (typeof value === "number") return Math.abs(value) <= Number.MAX_SAFE_INTEGER ? value : null;
  return typeof value === "boolean" || (typeof value === "string" && value !== "") ? value : null;
}
