import { gemini } from "@latchhook/core/providers/gemini";
import { derivedId, type SignedWebhook } from "../signed-webhook.ts";
import type { Sender } from "./sender.ts";
import { type StandardWebhooksDelivery, signStandardWebhooks } from "./standard-webhooks.ts";

export interface SignGeminiOptions extends StandardWebhooksDelivery {
  /** Default: `batch.succeeded`. */
  readonly type?: string | undefined;
  /** The id of the batch, interaction or video. Default: an example's. */
  readonly jobId?: string | undefined;
}

/**
 * A delivery of a static webhook of the Gemini API: Standard Webhooks `v1`.
 *
 * @example
 * const signed = signGemini({ secret, type: "video.generated", jobId: "operations/1" });
 */
export function signGemini(options: SignGeminiOptions): SignedWebhook {
  const { secret, timestamp, body } = options;
  const payload = geminiPayload(options);
  const id =
    options.id ?? (body === undefined ? derivedId("msg_", payload.type, payload.data.id) : undefined);
  return signStandardWebhooks({ secret, timestamp, id, body: body ?? payload });
}

function geminiPayload({
  type = "batch.succeeded",
  jobId = "batch_123456",
  occurredAt = new Date(),
  data,
}: Partial<SignGeminiOptions>) {
  const failure = { error_code: "INTERNAL", error_message: "The operation failed." };
  const output = { output_file_uri: "gs://example-bucket/results.jsonl" };
  const hasOutput = type === "batch.succeeded" || type === "video.generated";
  return {
    type,
    version: "v1",
    timestamp: occurredAt.toISOString(),
    data: {
      id: jobId,
      ...(type.endsWith(".failed") ? failure : {}),
      ...(hasOutput ? output : {}),
      ...data,
    },
  };
}

/** The row of the table of senders. */
export function geminiSender(): Sender {
  const secrets = [
    "whsec_Z2VtaW5pLWZpcnN0LW9mLXR3by1zZWNyZXRzLTE=",
    "whsec_Z2VtaW5pLXNlY29uZC1vZi10d28tc2VjcmV0cy0=",
  ] as const;
  return {
    name: "gemini",
    title: "Gemini",
    factory: "gemini",
    provider: "gemini",
    environmentVariable: "GEMINI_WEBHOOK_SECRET",
    signedContent: "id, timestamp and body",
    makeProvider: gemini,
    secrets,
    signatureHeader: "webhook-signature",
    payload: (jobId) => geminiPayload({ jobId }),
    sign: ({ secret = secrets[0], ...content } = {}) => signGemini({ secret, ...content }),
  };
}
