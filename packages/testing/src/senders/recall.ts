import { recall } from "@latchhook/core/providers/recall";
import { derivedId, type SignedWebhook } from "../signed-webhook.ts";
import type { Sender } from "./sender.ts";
import { type StandardWebhooksDelivery, signStandardWebhooks } from "./standard-webhooks.ts";

export interface SignRecallOptions extends StandardWebhooksDelivery {
  /** Default: `bot.done`. */
  readonly event?: string | undefined;
  /** The id of the bot, recording or medium that the event's name begins with. Default: an example's. */
  readonly objectId?: string | undefined;
  /** `svix` for accounts from before 15 December 2025. Default: `webhook`. */
  readonly headerPrefix?: "webhook" | "svix" | undefined;
}

/**
 * A delivery of Recall.ai: Standard Webhooks `v1`.
 *
 * @example
 * const signed = signRecall({ secret, event: "transcript.done", objectId: "5c2e1b3a-0000-4000-8000-000000000001" });
 */
export function signRecall(options: SignRecallOptions): SignedWebhook {
  const { secret, timestamp, body, headerPrefix } = options;
  const payload = recallPayload(options);
  const derived = derivedId("msg_", payload.event, String(options.objectId));
  const id = options.id ?? (body === undefined ? derived : undefined);
  return signStandardWebhooks({ secret, timestamp, id, body: body ?? payload, headerPrefix });
}

function recallPayload({
  event = "bot.done",
  objectId = "8ef3d462-0000-4000-8000-000000000001",
  occurredAt = new Date(),
  data,
}: Partial<SignRecallOptions>) {
  const [kind = "", code = ""] = event.split(".");
  return {
    event,
    data: {
      data: { code, sub_code: null, updated_at: occurredAt.toISOString() },
      bot: { id: "7f3a1c2d-0000-4000-8000-000000000002", metadata: {} },
      [kind]: { id: objectId, metadata: {} },
      ...data,
    },
  };
}

/** The row of the table of senders. */
export function recallSender(): Sender {
  const secrets = [
    "whsec_cmVjYWxsLWZpcnN0LW9mLXR3by1zZWNyZXRzLTE=",
    "whsec_cmVjYWxsLXNlY29uZC1vZi10d28tc2VjcmV0cy0=",
  ] as const;
  return {
    name: "recall",
    title: "Recall.ai",
    factory: "recall",
    provider: "recall",
    environmentVariable: "RECALL_WEBHOOK_SECRET",
    signedContent: "id, timestamp and body",
    makeProvider: recall,
    secrets,
    signatureHeader: "webhook-signature",
    payload: (objectId) => recallPayload({ objectId }),
    sign: ({ secret = secrets[0], jobId: objectId, type: event, ...content } = {}) =>
      signRecall({ secret, objectId, event, ...content }),
  };
}
