import { openai } from "@latchhook/core/providers/openai";
import { derivedId, type SignedWebhook } from "../signed-webhook.ts";
import type { Sender } from "./sender.ts";
import { type StandardWebhooksDelivery, signStandardWebhooks } from "./standard-webhooks.ts";

export interface SignOpenaiOptions extends StandardWebhooksDelivery {
  /** Default: `response.completed`. */
  readonly type?: string | undefined;
  /** The id of the response, batch, job, run, video or call. Default: one that fits the event. */
  readonly jobId?: string | undefined;
}

/**
 * A delivery of OpenAI: Standard Webhooks `v1`. A secret without `whsec_` is used as text, as its SDK does.
 *
 * @example
 * const signed = signOpenai({ secret, type: "batch.failed", jobId: "batch_1" });
 */
export function signOpenai(options: SignOpenaiOptions): SignedWebhook {
  const { secret, timestamp, body, type = "response.completed", jobId = defaultId(type) } = options;
  const id = options.id ?? (body === undefined ? derivedId("wh_", type, jobId) : undefined);
  const signed = { body: body ?? openaiPayload({ ...options, type, jobId }), id, timestamp };
  return signStandardWebhooks({ secret, secretForm: "base64-or-utf8", ...signed });
}

function defaultId(type: string): string {
  return `${type.startsWith("response.") ? "resp" : type.slice(0, type.search(/[._]/))}_01`;
}

function openaiPayload({
  type = "response.completed",
  jobId = defaultId(type),
  occurredAt = new Date(),
  data,
}: Partial<SignOpenaiOptions>): object {
  const call = {
    call_id: jobId,
    sip_headers: [{ name: "From", value: "sip:+142555512112@sip.example.com" }],
  };
  return {
    id: derivedId("evt_", type, jobId),
    object: "event",
    created_at: Math.floor(occurredAt.getTime() / 1000),
    type,
    data: { ...(type === "realtime.call.incoming" ? call : { id: jobId }), ...data },
  };
}

/** The row of the table of senders. */
export function openaiSender(): Sender {
  const secrets = [
    "whsec_RdvaYFYUXuIFuEbvZHwMfYFhUf7aMYjYcmM24+Aj40c=",
    "whsec_b3BlbmFpLXNlY29uZC1vZi10d28tc2VjcmV0cw==",
  ] as const;
  return {
    name: "openai",
    title: "OpenAI",
    factory: "openai",
    provider: "openai",
    environmentVariable: "OPENAI_WEBHOOK_SECRET",
    signedContent: "id, timestamp and body",
    makeProvider: openai,
    secrets,
    signatureHeader: "webhook-signature",
    payload: (jobId) => openaiPayload({ jobId }),
    sign: ({ secret = secrets[0], ...content } = {}) => signOpenai({ secret, ...content }),
  };
}
