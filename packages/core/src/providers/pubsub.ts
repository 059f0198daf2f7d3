import { defineSender } from "../define-sender.ts";
import type { Provider } from "../provider.ts";
import { dateFromIso, objectMember } from "../reading/json.ts";
import { identityPart } from "../reading/key.ts";
import { requiredTexts } from "../shared/required-texts.ts";
import type { FetchKeys } from "../signatures/fetch-document.ts";
import { jwtKeySet } from "../signatures/jwt-keys.ts";
import { jwtRepeatHorizonMs, jwtSignature } from "../signatures/jwt-signature.ts";
import { type PubsubEvent, pubsubEvents } from "./pubsub/payloads.ts";

export * from "./pubsub/payloads.ts";

export interface PubsubOptions {
  /** The audience of the subscription's tokens: the push endpoint's URL, unless another is set there. Or several. */
  readonly audience: string | readonly string[];
  /** The service account that the subscription pushes as, or several. */
  readonly email: string | readonly string[];
  /** How far the token's `exp` may be off the clock, in seconds. Default: 300. */
  readonly toleranceSeconds?: number | undefined;
  /** What fetches Google's public keys, for a proxy or for tests. Default: the platform's `fetch`. */
  readonly fetchKeys?: FetchKeys | undefined;
}

/**
 * Google Cloud Pub/Sub, by push with authentication. The token says who sends and to whom; it says nothing of the body:
 * whoever has one can send any content for the hour that it is valid. Needs `jose`.
 *
 * @throws LatchhookError `invalid-option` without an `audience` and an `email`, or for a tolerance that cannot be.
 */
export function pubsub(options: PubsubOptions): Provider<PubsubEvent> {
  const { toleranceSeconds, fetchKeys } = options;
  const why =
    "Google signs for all its customers with the same keys, and anyone's messages would be believed";
  return defineSender({
    name: "pubsub",
    signature: jwtSignature({
      provider: "pubsub",
      header: "authorization",
      scheme: "bearer",
      keys: jwtKeySet({ provider: "pubsub", url: "https://www.googleapis.com/oauth2/v3/certs", fetchKeys }),
      algorithm: "RS256",
      issuer: ["https://accounts.google.com", "accounts.google.com"],
      audience: requiredTexts("pubsub", "audience", options.audience, why),
      claims: {
        email: requiredTexts("pubsub", "email", options.email, why),
        email_verified: [true],
      },
      toleranceSeconds,
    }),
    // Documented: 10 s unless the subscription says otherwise, again after 100 ms to a minute, for 7 days by default and
    // 31 at the most.
    policy: {
      timeoutMs: 10_000,
      shortestRetryGapMs: 100,
      retryHorizonMs: jwtRepeatHorizonMs(604_800_000, toleranceSeconds),
      maxAttempts: null,
    },
    events: pubsubEvents,
    read({ value, text }) {
      const message = objectMember(value.message);
      const id = identityPart(message.messageId);
      return {
        id,
        type: "message",
        data: value,
        occurredAt: dateFromIso(message.publishTime),
        attempt: value.deliveryAttempt,
        // An id is one of its topic, and a subscription has one topic.
        identity: id === null ? ["body", text] : [identityPart(value.subscription), id],
      };
    },
  });
}
