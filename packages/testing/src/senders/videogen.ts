import { videogen } from "@latchhook/core/providers/videogen";
import { type VideogenPayloadOptions, videogenPayload } from "../payloads/videogen-payload.ts";
import { derivedId, type SignedWebhook, type WebhookBody } from "../signed-webhook.ts";
import type { HmacSender } from "./sender.ts";
import { signStandardWebhooks } from "./standard-webhooks.ts";

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
  const derived = derivedId("msg_", payload.event, String(options.jobId));
  const id = options.id ?? (body === undefined ? derived : undefined);
  return signStandardWebhooks({ secret, timestamp, id, body: body ?? payload });
}

/** The row of the table of senders. */
export function videogenSender(): HmacSender {
  const secrets = [
    "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD",
  ] as const;
  return {
    name: "videogen",
    title: "VideoGen",
    factory: "videogen",
    provider: "videogen",
    environmentVariable: "VIDEOGEN_WEBHOOK_SECRET",
    signedContent: "id, timestamp and body",
    members: { type: "event", jobId: ["toolExecutionId"] },
    makeProvider: videogen,
    secrets,
    key: (secret) => Buffer.from(secret.slice("whsec_".length), "base64"),
    signatureHeader: "webhook-signature",
    timestampHeader: "webhook-timestamp",
    prefix: "v1,",
    encoding: "base64",
    payload: (jobId = "tool_exec_01") => videogenPayload({ jobId }),
    sign: ({
      secret = secrets[0],
      body,
      timestamp,
      id,
      occurredAt,
      jobId = "tool_exec_01",
      type,
      data,
    } = {}) =>
      signVideogen({
        secret,
        body,
        timestamp,
        id,
        occurredAt: occurredAt && Math.floor(occurredAt.getTime() / 1000),
        jobId,
        event: type,
        data,
      }),
  };
}
