import { defineSender } from "../define-sender.ts";
import type { Provider } from "../provider.ts";
import { dateFromIso, dateFromSeconds } from "../reading/json.ts";
import { identityPart } from "../reading/key.ts";
import { matches } from "../reading/matches.ts";
import { hmacSignature } from "../signatures/hmac-signature.ts";
import type { SecretOption } from "../signatures/secrets.ts";
import { body, timestamp } from "../signatures/signed-content.ts";
import { repeatHorizonMs } from "../signatures/timestamp.ts";
import { type StripeEvent, type StripeEventBody, stripeEvent } from "./stripe/payloads.ts";

export * from "./stripe/payloads.ts";

export interface StripeOptions {
  /** The endpoint's signing secret, `whsec_` included. Default: the environment's `STRIPE_WEBHOOK_SECRET`. */
  readonly secret?: SecretOption | undefined;
  /** How far the signed timestamp may be from the clock, either way, in seconds. Default: 300. */
  readonly toleranceSeconds?: number | undefined;
}

/**
 * Stripe. It signs the timestamp and the body, under the UTF-8 of the whole secret. While a secret is rolled it signs
 * with the old one too, and every `v1` of the header is tried. The event's `id` is in the body and stays the same over
 * retries. A thin event (`v2.core.event`) has no snapshot in it and arrives as an unknown event of its type.
 *
 * @throws LatchhookError `missing-secret` or `invalid-option`.
 * @example
 * stripe<Stripe.Event>(); // each type with its own `event.data`, from Stripe's SDK
 */
export function stripe<Event extends { readonly type: string } = StripeEventBody>(
  options: StripeOptions = {},
): Provider<StripeEvent<Event>> {
  return defineSender<StripeEvent<Event>>({
    name: "stripe",
    signature: hmacSignature({
      provider: "stripe",
      secret: options.secret,
      environmentVariable: "STRIPE_WEBHOOK_SECRET",
      toleranceSeconds: options.toleranceSeconds,
      headers: { packed: "stripe-signature", timestamp: "t", signature: "v1" },
      content: [timestamp, ".", body],
    }),
    // Documented: retries for 3 days with growing pauses, and by hand for 30 days. Timeout and pauses are not: assumed.
    policy: {
      timeoutMs: 10_000,
      shortestRetryGapMs: 5_000,
      retryHorizonMs: repeatHorizonMs(2_592_000_000, options.toleranceSeconds),
      maxAttempts: null,
    },
    knows: (_type, data) => matches(stripeEvent, data),
    read({ value, text }) {
      const id = identityPart(value.id);
      return {
        id: value.id,
        type: value.type,
        data: value,
        occurredAt: dateFromSeconds(value.created) ?? dateFromIso(value.created),
        identity: id === null ? ["body", text] : ["event", id],
      };
    },
  });
}
