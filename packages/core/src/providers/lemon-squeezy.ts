import { defineSender } from "../define-sender.ts";
import type { Provider } from "../provider.ts";
import { objectMember } from "../reading/json.ts";
import { hmacSignature } from "../signatures/hmac-signature.ts";
import type { SecretOption } from "../signatures/secrets.ts";
import { body } from "../signatures/signed-content.ts";
import { type LemonSqueezyEvent, lemonSqueezyEvents } from "./lemon-squeezy/payloads.ts";

export * from "./lemon-squeezy/payloads.ts";

export interface LemonSqueezyOptions {
  /** The webhook's signing secret, as you chose it. Default: the environment's `LEMON_SQUEEZY_WEBHOOK_SECRET`. */
  readonly secret?: SecretOption | undefined;
}

/**
 * Lemon Squeezy. It signs the body alone, which has neither a time of sending nor an id of the delivery: two with the
 * same body are one. The event's name is in the body; the header that repeats it must agree.
 *
 * @throws LatchhookError `missing-secret`
 */
export function lemonSqueezy(options: LemonSqueezyOptions = {}): Provider<LemonSqueezyEvent> {
  return defineSender({
    name: "lemon-squeezy",
    signature: hmacSignature({
      provider: "lemonSqueezy",
      secret: options.secret,
      environmentVariable: "LEMON_SQUEEZY_WEBHOOK_SECRET",
      headers: { signature: "x-signature" },
      content: [body],
    }),
    // Documented: 3 retries, after 5, 25 and 125 s for example, and only 200 counts. The timeout is not: 5 s is assumed.
    // By hand a delivery can be sent again at any time; that is no attempt that a record has to outlive.
    policy: { timeoutMs: 5_000, shortestRetryGapMs: 5_000, retryHorizonMs: 155_000, maxAttempts: 4 },
    events: lemonSqueezyEvents,
    read({ value, text }) {
      const name = objectMember(value.meta).event_name;
      return {
        type: name,
        data: value,
        identity: ["body", text],
        undated: true,
        unsigned: { "x-event-name": name },
      };
    },
  });
}
