import { createHash } from "node:crypto";
import { livekit } from "@latchhook/core/providers/livekit";
import { type SignedWebhook, toBytes, unixSeconds, type WebhookBody } from "../signed-webhook.ts";
import { bodyHashClaim, signToken } from "./json-web-token.ts";
import type { Sender } from "./sender.ts";

export interface SignLivekitOptions {
  /** The API secret. */
  readonly secret: string;
  /** The API key that the secret belongs to. Default: `APIlatchhook`. */
  readonly apiKey?: string | undefined;
  /** What is sent. Default: an egress that has ended, in an event of `event`. */
  readonly body?: WebhookBody | undefined;
  /** Default: `egress_ended`. */
  readonly event?: string | undefined;
  /** The event's id. Default: derived from event and egress, so that signing again makes a retry. */
  readonly eventId?: string | undefined;
  /** Default: `EG_01`. */
  readonly egressId?: string | undefined;
  /** When it is signed, in Unix seconds; the token is valid for 5 minutes. Text is signed as it is. Default: now. */
  readonly timestamp?: number | string | undefined;
}

/**
 * A delivery of LiveKit: a bare token in `authorization` with a hash of the body.
 *
 * @example
 * const signed = signLivekit({ secret, event: "egress_ended", egressId: "EG_1" });
 */
export function signLivekit(options: SignLivekitOptions): SignedWebhook {
  const { secret, apiKey = "APIlatchhook", timestamp = unixSeconds() } = options;
  const body = toBytes(options.body ?? livekitPayload(options));
  const expires = typeof timestamp === "number" ? timestamp + 300 : timestamp;
  const claims = { sha256: bodyHashClaim(body, "base64"), iss: apiKey, exp: expires, nbf: timestamp };
  return {
    method: "POST",
    headers: {
      "content-type": "application/webhook+json",
      "user-agent": "livekit-webhook",
      authorization: signToken(claims, secret.trim()),
    },
    body,
  };
}

function livekitPayload({
  event = "egress_ended",
  egressId = "EG_01",
  eventId = `EV_${createHash("sha256").update(`${event}:${egressId}`).digest("hex").slice(0, 12)}`,
}: Pick<SignLivekitOptions, "event" | "egressId" | "eventId">) {
  return {
    event,
    egressInfo: { egressId, roomName: "studio", status: "EGRESS_COMPLETE" },
    id: eventId,
    createdAt: "1790000000",
  };
}

/** The row of the table of senders. */
export function livekitSender(): Sender {
  const secrets = ["livekit-api-secret-first-of-two", "livekit-api-secret-second-of-two"] as const;
  return {
    name: "livekit",
    title: "LiveKit",
    factory: "livekit",
    provider: "livekit",
    environmentVariable: "LIVEKIT_API_SECRET",
    signedContent: "a hash of the body and a validity",
    makeProvider: ({ secret, toleranceSeconds }) => livekit({ secret, toleranceSeconds }),
    secrets,
    signatureHeader: "authorization",
    payload: (jobId) => livekitPayload({ egressId: jobId }),
    sign: ({ secret = secrets[0], body, jobId, id, type, timestamp, data } = {}) => {
      const payload = livekitPayload({ event: type, egressId: jobId, eventId: id });
      return signLivekit({ secret, body: body ?? { ...payload, ...data }, timestamp });
    },
  };
}
