import { type Handshake, handshake } from "../../provider.ts";
import type { JsonObject } from "../../reading/json.ts";

/**
 * Answers both kinds of PING. A webhook event has type 1 as well, which an interaction's PING has:
 * only the latter has no `event`.
 */
export function pong(value: JsonObject): Handshake | undefined {
  if (value.type === 0) return handshake({ status: 204, contentType: "application/json", body: "" });
  if (value.type !== 1 || Object.hasOwn(value, "event")) return undefined;
  return handshake({ contentType: "application/json", body: '{"type":1}' });
}
