import type { JsonObject } from "../../reading/json.ts";

/** A member that the hook's body has and no other's, for servers from before bodies had the hook's name. */
const members = [
  ["email_data", "send-email"],
  ["sms", "send-sms"],
  ["claims", "customize-access-token"],
  ["factor_id", "mfa-verification"],
  ["valid", "password-verification"],
] as const;

/** The name of the hook whose shape a body has, or an empty one. */
export function hookOf(body: JsonObject): string {
  return members.find(([member]) => Object.hasOwn(body, member))?.[1] ?? "";
}
