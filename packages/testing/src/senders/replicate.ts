import { replicate } from "@latchhook/core/providers/replicate";
import { derivedId, type SignedWebhook } from "../signed-webhook.ts";
import type { Sender } from "./sender.ts";
import { type StandardWebhooksDelivery, signStandardWebhooks } from "./standard-webhooks.ts";

export interface SignReplicateOptions extends StandardWebhooksDelivery {
  /** Default: `succeeded`. */
  readonly status?: string | undefined;
  /** The prediction's id. Default: an example's. */
  readonly predictionId?: string | undefined;
}

/**
 * A delivery of Replicate: Standard Webhooks `v1` over a prediction.
 *
 * @example
 * const signed = signReplicate({ secret, status: "failed", predictionId: "ufawqhfynnddngldkgtslldrkq" });
 */
export function signReplicate(options: SignReplicateOptions): SignedWebhook {
  const { secret, timestamp, body } = options;
  const payload = replicatePayload(options);
  const id = options.id ?? (body === undefined ? derivedId("msg_", payload.status, payload.id) : undefined);
  return signStandardWebhooks({ secret, timestamp, id, body: body ?? payload });
}

function replicatePayload({
  status = "succeeded",
  predictionId = "ufawqhfynnddngldkgtslldrkq",
  occurredAt = new Date(),
  data,
}: Partial<SignReplicateOptions>) {
  const startedAt = new Date(occurredAt.getTime() - 4_000).toISOString();
  const hasEnded = !["starting", "processing"].includes(status);
  const api = `https://api.replicate.com/v1/predictions/${encodeURIComponent(predictionId)}`;
  return {
    id: predictionId,
    model: "example/model",
    version: "5c7d5dc6dd8bf75c1acaa8565735e7986bc5b66206b55cca93cb72c9bf15ccaa",
    status,
    input: { text: "Alice" },
    output: status === "succeeded" ? ["https://files.example.com/out-0.png"] : null,
    error: status === "failed" ? "The model ran out of memory." : null,
    logs: "",
    metrics: status === "succeeded" ? { predict_time: 3.2 } : {},
    created_at: startedAt,
    started_at: status === "starting" ? null : startedAt,
    completed_at: hasEnded ? occurredAt.toISOString() : null,
    urls: { get: api, cancel: `${api}/cancel` },
    ...data,
  };
}

/** The row of the table of senders. */
export function replicateSender(): Sender {
  const secrets = [
    "whsec_cmVwbGljYXRlLWZpcnN0LW9mLXR3by1zZWNyZXRz",
    "whsec_cmVwbGljYXRlLXNlY29uZC1vZi10d28tc2VjcmV0",
  ] as const;
  return {
    name: "replicate",
    title: "Replicate",
    factory: "replicate",
    provider: "replicate",
    environmentVariable: "REPLICATE_WEBHOOK_SECRET",
    signedContent: "id, timestamp and body",
    makeProvider: replicate,
    secrets,
    signatureHeader: "webhook-signature",
    payload: (predictionId) => replicatePayload({ predictionId }),
    sign: ({ secret = secrets[0], jobId: predictionId, type: status, ...content } = {}) =>
      signReplicate({ secret, predictionId, status, ...content }),
  };
}
