import { defineSender } from "../define-sender.ts";
import type { Provider } from "../provider.ts";
import { dateFromMilliseconds, stringMember } from "../reading/json.ts";
import { hmacSignature } from "../signatures/hmac-signature.ts";
import type { SecretOption } from "../signatures/secrets.ts";
import { body, timestamp } from "../signatures/signed-content.ts";
import { repeatHorizonMs } from "../signatures/timestamp.ts";
import { retellConversation } from "./retell/conversation.ts";
import { type RetellEvent, retellEvents } from "./retell/payloads.ts";

export * from "./retell/payloads.ts";

export interface RetellOptions {
  /** The API key that is marked as the webhook's. Default: the environment's `RETELL_API_KEY`. */
  readonly secret?: SecretOption | undefined;
  /** How far the signed timestamp may be from the clock, either way, in seconds. Default: 300, as in its own SDK. */
  readonly toleranceSeconds?: number | undefined;
}

/**
 * Retell AI. It signs the body and, right after it, the timestamp in milliseconds, under the UTF-8 of an API key. What a
 * call or a chat has once (start, end, analysis) is told by its type and id; transcripts and transfers, which come
 * several times in a call, by their bodies.
 *
 * @throws LatchhookError `missing-secret` or `invalid-option`.
 */
export function retell(options: RetellOptions = {}): Provider<RetellEvent> {
  return defineSender({
    name: "retell",
    signature: hmacSignature({
      provider: "retell",
      secret: options.secret,
      environmentVariable: "RETELL_API_KEY",
      toleranceSeconds: options.toleranceSeconds,
      headers: { packed: "x-retell-signature", timestamp: "v", signature: "d" },
      timestampUnit: "milliseconds",
      content: [body, timestamp],
    }),
    // Documented ("Webhook Overview"): 10 s, and up to three retries. Their pauses are not: assumed.
    policy: {
      timeoutMs: 10_000,
      shortestRetryGapMs: 1_000,
      retryHorizonMs: repeatHorizonMs(3_600_000, options.toleranceSeconds),
      maxAttempts: 4,
    },
    events: retellEvents,
    read({ value, text }) {
      const type = stringMember(value.event);
      const { job, once, instant } = retellConversation(type, value);
      return {
        type,
        data: value,
        job,
        occurredAt: dateFromMilliseconds(instant),
        identity: once === undefined ? ["body", text] : ["once", type, once],
      };
    },
  });
}
