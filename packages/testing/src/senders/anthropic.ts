import { anthropic } from "@latchhook/core/providers/anthropic";
import { derivedId, type SignedWebhook } from "../signed-webhook.ts";
import type { Sender } from "./sender.ts";
import { type StandardWebhooksDelivery, signStandardWebhooks } from "./standard-webhooks.ts";

export interface SignAnthropicOptions extends StandardWebhooksDelivery {
  /** Default: `deployment_run.succeeded`. */
  readonly type?: string | undefined;
  /** The id of the session, run, vault or whatever the event is about. Default: an example's. */
  readonly objectId?: string | undefined;
}

/**
 * A delivery of Anthropic: Standard Webhooks `v1`, whose `webhook-id` is the body's `id`.
 *
 * @example
 * const signed = signAnthropic({ secret, type: "session.status_idled", objectId: "sesn_01" });
 */
export function signAnthropic(options: SignAnthropicOptions): SignedWebhook {
  const { secret, timestamp, body } = options;
  const payload = anthropicPayload(options);
  const id = options.id ?? (body === undefined ? payload.id : undefined);
  return signStandardWebhooks({ secret, timestamp, id, body: body ?? payload });
}

function anthropicPayload({
  type = "deployment_run.succeeded",
  objectId = "drun_01",
  occurredAt = new Date(),
  id = derivedId("whe_", type, objectId),
  data,
}: Partial<SignAnthropicOptions>) {
  const owner = { organization_id: "8a3d2f1e-0000-4000-8000-000000000001", workspace_id: "wrkspc_01" };
  return {
    type: "event",
    id,
    created_at: occurredAt.toISOString(),
    data: { type, id: objectId, ...owner, ...data },
  };
}

/** The row of the table of senders. */
export function anthropicSender(): Sender {
  const secrets = [
    "whsec_YW50aHJvcGljLWZpcnN0LW9mLXR3by1zZWNyZXRz",
    "whsec_YW50aHJvcGljLXNlY29uZC1vZi10d28tc2VjcmV0",
  ] as const;
  return {
    name: "anthropic",
    title: "Anthropic",
    factory: "anthropic",
    provider: "anthropic",
    environmentVariable: "ANTHROPIC_WEBHOOK_SIGNING_KEY",
    signedContent: "id, timestamp and body",
    makeProvider: anthropic,
    secrets,
    signatureHeader: "webhook-signature",
    payload: (objectId) => anthropicPayload({ objectId }),
    sign: ({ secret = secrets[0], jobId: objectId, ...content } = {}) =>
      signAnthropic({ secret, objectId, ...content }),
  };
}
