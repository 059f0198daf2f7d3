import { createHash } from "node:crypto";
import { type VideogenPayloadOptions, videogenPayload } from "./payloads/videogen-payload.ts";
import { signStandardWebhooks } from "./sign-standard-webhooks.ts";
import type { SignedWebhook, WebhookBody } from "./signed-webhook.ts";

export interface SignVideogenOptions extends VideogenPayloadOptions {
  /** The endpoint's `signingSecret`, `whsec_` and base64. Several sign as during a rotation. */
  readonly secret: string | readonly string[];
  /** What is sent. Default: a {@link videogenPayload} of the other options. */
  readonly body?: WebhookBody | undefined;
  /** The `webhook-id`. Default: derived from the event and its job, or from `body`, so that retries share it. */
  readonly id?: string | undefined;
  /** Unix seconds; text is signed and sent as it is. Default: now. */
  readonly timestamp?: number | string | undefined;
}

/**
 * A delivery of VideoGen: Standard Webhooks `v1`.
 *
 * @example
 * const signed = signVideogen({ secret, event: "project_export.succeeded", jobId: "export_1" });
 */
export function signVideogen(options: SignVideogenOptions): SignedWebhook {
  const { secret, timestamp, body } = options;
  const payload = videogenPayload(options);
  const derived = createHash("sha256").update(`${payload.event}:${options.jobId}`).digest("hex").slice(0, 27);
  const id = options.id ?? (body === undefined ? `msg_${derived}` : undefined);
  return signStandardWebhooks({ secret, timestamp, id, body: body ?? payload });
}
