import { type Handshake, handshake, malformed, type Refusal } from "../../provider.ts";
import type { JsonObject } from "../../reading/json.ts";

/** Letters and digits, as Slack's are; what could be markup is not echoed. */
const challengeText = /^[\w.~+/=-]{1,256}$/;

/**
 * What Slack asks before it delivers: whether the URL of the Events API is yours (`url_verification`), and whether the
 * certificate of a slash command's holds (`ssl_check`).
 */
export function answerSlack(value: JsonObject): Handshake | Refusal | undefined {
  if (value.ssl_check === "1") return handshake({ contentType: "text/plain", body: "" });
  if (value.type !== "url_verification") return undefined;
  const { challenge } = value;
  if (typeof challenge !== "string" || !challengeText.test(challenge)) return malformed("bad-challenge");
  return handshake({ contentType: "text/plain", body: challenge });
}
