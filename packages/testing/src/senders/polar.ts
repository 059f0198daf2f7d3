import { polar } from "@latchhook/core/providers/polar";
import { derivedId, type SignedWebhook } from "../signed-webhook.ts";
import type { Sender } from "./sender.ts";
import { type StandardWebhooksDelivery, signStandardWebhooks } from "./standard-webhooks.ts";

export interface SignPolarOptions extends StandardWebhooksDelivery {
  /** `utf8` for a secret from before 8 September 2026, whose whole text is the key. Default: `base64`. */
  readonly secretForm?: "base64" | "utf8" | undefined;
  /** Default: `order.paid`. */
  readonly type?: string | undefined;
  /** The id of the order, subscription or whatever the event is about. Default: an example's. */
  readonly objectId?: string | undefined;
}

/**
 * A delivery of Polar: Standard Webhooks `v1`. The payload is cut down to what all objects have; `data` adds to it.
 *
 * @example
 * const signed = signPolar({ secret, type: "subscription.active", objectId: "e5149aae-e521-42b9-b24c-abb3d71eea2e" });
 */
export function signPolar(options: SignPolarOptions): SignedWebhook {
  const { secret, secretForm, timestamp, body } = options;
  const payload = polarPayload(options);
  const id = options.id ?? (body === undefined ? derivedId("", payload.type, payload.data.id) : undefined);
  const signed = signStandardWebhooks({ secret, secretForm, timestamp, id, body: body ?? payload });
  return { ...signed, headers: { ...signed.headers, "user-agent": "polar.sh webhooks" } };
}

function polarPayload({
  type = "order.paid",
  objectId = "57107b74-8400-4d80-a2fc-54c2b4239cb3",
  occurredAt = new Date(),
  data,
}: Partial<SignPolarOptions>) {
  const createdAt = occurredAt.toISOString();
  return {
    type,
    timestamp: createdAt,
    data: { id: objectId, created_at: createdAt, modified_at: null, metadata: {}, ...data },
  };
}

/** The row of the table of senders. */
export function polarSender(): Sender {
  const secrets = [
    "whsec_cG9sYXItZmlyc3Qtb2YtdHdvLXNlY3JldHMtMTI=",
    "whsec_cG9sYXItc2Vjb25kLW9mLXR3by1zZWNyZXRzLTE=",
  ] as const;
  return {
    name: "polar",
    title: "Polar",
    factory: "polar",
    provider: "polar",
    environmentVariable: "POLAR_WEBHOOK_SECRET",
    signedContent: "id, timestamp and body",
    makeProvider: polar,
    secrets,
    signatureHeader: "webhook-signature",
    payload: (objectId) => polarPayload({ objectId }),
    sign: ({ secret = secrets[0], jobId: objectId, ...content } = {}) =>
      signPolar({ secret, objectId, ...content }),
  };
}
