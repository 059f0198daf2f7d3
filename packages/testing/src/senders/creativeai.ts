import { createHmac } from "node:crypto";
import { creativeai } from "@latchhook/core/providers/creativeai";
import { type CreativeaiPayloadOptions, creativeaiPayload } from "../payloads/creativeai-payload.ts";
import { addHeader, membersOf, type SignedWebhook, toBytes, type WebhookBody } from "../signed-webhook.ts";
import { type HmacSender, utf8Key } from "./sender.ts";

export interface SignCreativeaiOptions extends CreativeaiPayloadOptions {
  /** The account's API key. */
  readonly secret: string;
  /** What is sent. Default: a {@link creativeaiPayload} of the other options. */
  readonly body?: WebhookBody | undefined;
  /** What to change in the headers that are not signed, or false to leave them out. Default: as the sender has them. */
  readonly metadata?: CreativeaiMetadata | false | undefined;
}

/** The headers that are not signed. */
export interface CreativeaiMetadata {
  readonly event?: string | undefined;
  readonly deliveryId?: string | undefined;
}

/**
 * A delivery of CreativeAI: `sha256=` and the hex HMAC-SHA256 of the body under the UTF-8 of the API key. The event
 * header says `video.generation.completed` for failures too, as the sender's does.
 *
 * @example
 * const signed = signCreativeai({ secret: apiKey, generationId: "gen_1", status: "failed" });
 */
export function signCreativeai(options: SignCreativeaiOptions): SignedWebhook {
  const { secret, metadata } = options;
  const body = toBytes(options.body ?? creativeaiPayload(options));
  const signature = createHmac("sha256", secret.trim()).update(body).digest("hex");
  const headers: Record<string, string> = {
    "content-type": "application/json",
    "user-agent": "CreativeAI-Webhooks/1.0",
    "x-creativeai-signature": `sha256=${signature}`,
  };
  if (metadata !== false) {
    addHeader(headers, "x-creativeai-event", metadata?.event ?? "video.generation.completed");
    addHeader(headers, "x-creativeai-delivery-id", metadata?.deliveryId ?? membersOf(body).id);
  }
  return { method: "POST", headers, body };
}

/** The row of the table of senders. */
export function creativeaiSender(): HmacSender {
  const secrets = ["ck_live_first-of-two", "ck_live_second-of-two"] as const;
  return {
    name: "creativeai",
    title: "CreativeAI",
    factory: "creativeai",
    provider: "creativeai",
    environmentVariable: "CREATIVEAI_API_KEY",
    signedContent: "the body; no header",
    members: { type: "status", jobId: ["id"] },
    makeProvider: creativeai,
    secrets,
    key: utf8Key,
    signatureHeader: "x-creativeai-signature",
    timestampHeader: undefined,
    prefix: "sha256=",
    encoding: "hex",
    payload: (jobId = "gen_01") => creativeaiPayload({ generationId: jobId }),
    sign: ({ secret = secrets[0], body, occurredAt: completedAt, jobId = "gen_01", type, data } = {}) =>
      signCreativeai({ secret, body, completedAt, generationId: jobId, status: statusOf(type), data }),
  };
}

/** Its types end with the status that they announce. */
function statusOf(type: string | undefined): "completed" | "failed" {
  return type?.endsWith("failed") === true ? "failed" : "completed";
}
