import { createHmac } from "node:crypto";
import { openrouter } from "@latchhook/core/providers/openrouter";
import {
  addHeader,
  membersOf,
  type SignedWebhook,
  toBytes,
  toMembers,
  unixSeconds,
  type WebhookBody,
} from "../signed-webhook.ts";
import type { Sender } from "./sender.ts";

export interface SignOpenrouterOptions {
  /** The workspace's signing secret. */
  readonly secret: string;
  /** What became of the job. Default: `completed`. */
  readonly status?: string | undefined;
  /** The video job's id. Default: an example's. */
  readonly jobId?: string | undefined;
  /** What is sent. Default: a payload of the other options. */
  readonly body?: WebhookBody | undefined;
  /** Unix seconds; text is signed and sent as it is. Default: now. */
  readonly timestamp?: number | string | undefined;
  /** When it happened, as the payload says it. Default: now. */
  readonly occurredAt?: Date | undefined;
  /** Members to add to the job, or to replace there. */
  readonly data?: Readonly<Record<string, unknown>> | undefined;
  /** The header that is not signed; false leaves it out. Default: id and status of the body's job. */
  readonly idempotencyKey?: string | false | undefined;
}

/**
 * A delivery of OpenRouter: hex HMAC-SHA256 of `${timestamp},${body}` under the UTF-8 of the secret.
 *
 * @example
 * const signed = signOpenrouter({ secret, status: "failed", jobId: "abc123" });
 */
export function signOpenrouter(options: SignOpenrouterOptions): SignedWebhook {
  const { secret, timestamp = unixSeconds(), idempotencyKey } = options;
  const body = toBytes(options.body ?? openrouterPayload(options));
  const signature = createHmac("sha256", secret.trim()).update(`${timestamp},`).update(body).digest("hex");
  const headers: Record<string, string> = {
    "content-type": "application/json",
    "x-openrouter-signature": `t=${timestamp},v1=${signature}`,
  };
  const { id, status } = toMembers(membersOf(body).data);
  const isNamed = typeof id === "string" && typeof status === "string";
  const key = idempotencyKey ?? (isNamed && `${id}-${status}`);
  if (key !== false) addHeader(headers, "x-openrouter-idempotency-key", key);
  return { method: "POST", headers, body };
}

function openrouterPayload({
  status = "completed",
  jobId = "abc123",
  occurredAt = new Date(),
  data,
}: Partial<SignOpenrouterOptions>): object {
  const url = `https://openrouter.ai/api/v1/videos/${encodeURIComponent(jobId)}/content?index=0`;
  const result = { unsigned_urls: [url], usage: { cost: 0.5, is_byok: false } };
  const job = { id: jobId, status, generation_id: "gen-xyz789", model: "google/veo-3.1" };
  return {
    type: `video.generation.${status}`,
    created_at: occurredAt.toISOString(),
    data: { ...job, ...(status === "completed" ? result : { error: `The job is ${status}.` }), ...data },
  };
}

/** The row of the table of senders. */
export function openrouterSender(): Sender {
  const secrets = ["first of two, for OpenRouter", "second of two, for OpenRouter"] as const;
  return {
    name: "openrouter",
    title: "OpenRouter",
    factory: "openrouter",
    provider: "openrouter",
    environmentVariable: "OPENROUTER_WEBHOOK_SECRET",
    signedContent: "timestamp and body; not the idempotency key",
    makeProvider: openrouter,
    secrets,
    signatureHeader: "x-openrouter-signature",
    payload: (jobId) => openrouterPayload({ jobId }),
    sign: ({ secret = secrets[0], type, id: _id, attempt: _attempt, ...content } = {}) =>
      signOpenrouter({ secret, status: type?.replace(/^video\.generation\./, ""), ...content }),
  };
}
