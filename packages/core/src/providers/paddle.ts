import { defineSender } from "../define-sender.ts";
import type { Provider } from "../provider.ts";
import { dateFromIso } from "../reading/json.ts";
import { identityPart } from "../reading/key.ts";
import { matches } from "../reading/matches.ts";
import { hmacSignature } from "../signatures/hmac-signature.ts";
import type { SecretOption } from "../signatures/secrets.ts";
import { body, timestamp } from "../signatures/signed-content.ts";
import { repeatHorizonMs } from "../signatures/timestamp.ts";
import { type PaddleEvent, type PaddleEventBody, paddleEvent } from "./paddle/payloads.ts";

export * from "./paddle/payloads.ts";

export interface PaddleOptions {
  /** The notification destination's secret key. Default: the environment's `PADDLE_WEBHOOK_SECRET`. */
  readonly secret?: SecretOption | undefined;
  /** How far the signed timestamp may be from the clock, either way, in seconds. Default: 300. */
  readonly toleranceSeconds?: number | undefined;
}

/**
 * Paddle Billing. It signs the timestamp and the body; a header may hold several signatures, and each `h1` is tried. The
 * event's `event_id` is in the body and stays the same over retries and over all destinations.
 *
 * @throws LatchhookError `missing-secret` or `invalid-option`.
 */
export function paddle<Event extends { readonly event_type: string } = PaddleEventBody>(
  options: PaddleOptions = {},
): Provider<PaddleEvent<Event>> {
  return defineSender<PaddleEvent<Event>>({
    name: "paddle",
    signature: hmacSignature({
      provider: "paddle",
      secret: options.secret,
      environmentVariable: "PADDLE_WEBHOOK_SECRET",
      toleranceSeconds: options.toleranceSeconds,
      headers: { packed: "paddle-signature", timestamp: "ts", signature: "h1", separator: ";" },
      content: [timestamp, ":", body],
    }),
    // Documented ("Handle webhook delivery"): 5 s, and 60 retries over 3 days with growing pauses. The first is assumed.
    policy: {
      timeoutMs: 5_000,
      shortestRetryGapMs: 5_000,
      retryHorizonMs: repeatHorizonMs(259_200_000, options.toleranceSeconds),
      maxAttempts: 61,
    },
    knows: (_type, data) => matches(paddleEvent, data),
    read({ value, text }) {
      const id = identityPart(value.event_id);
      return {
        id: value.event_id,
        type: value.event_type,
        data: value,
        occurredAt: dateFromIso(value.occurred_at),
        identity: id === null ? ["body", text] : ["event", id],
      };
    },
  });
}
