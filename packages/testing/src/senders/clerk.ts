import { clerk } from "@latchhook/core/providers/clerk";
import { derivedId, type SignedWebhook } from "../signed-webhook.ts";
import type { Sender } from "./sender.ts";
import { type StandardWebhooksDelivery, signStandardWebhooks } from "./standard-webhooks.ts";

export interface SignClerkOptions extends StandardWebhooksDelivery {
  /** Default: `user.created`. */
  readonly type?: string | undefined;
  /** The id of the user, session or whatever the event is about. Default: an example's. */
  readonly objectId?: string | undefined;
}

/**
 * A delivery of Clerk: Standard Webhooks `v1` under the `svix-` names. The payload is cut down to what all objects have;
 * `data` adds to it.
 *
 * @example
 * const signed = signClerk({ secret, type: "user.updated", objectId: "user_29w83sxmDNGwOuEthce5gg56FcC" });
 */
export function signClerk(options: SignClerkOptions): SignedWebhook {
  const { secret, timestamp, body } = options;
  const payload = clerkPayload(options);
  const id =
    options.id ?? (body === undefined ? derivedId("msg_", payload.type, payload.data.id) : undefined);
  return signStandardWebhooks({ secret, timestamp, id, body: body ?? payload, headerPrefix: "svix" });
}

function clerkPayload({
  type = "user.created",
  objectId = "user_29w83sxmDNGwOuEthce5gg56FcC",
  occurredAt = new Date(),
  data,
}: Partial<SignClerkOptions>) {
  const object = type.slice(0, Math.max(type.indexOf("."), 0));
  return {
    type,
    object: "event",
    data: { id: objectId, object, ...(type.endsWith(".deleted") ? { deleted: true } : {}), ...data },
    event_attributes: { http_request: { client_ip: "192.0.2.1", user_agent: "Mozilla/5.0" } },
    timestamp: occurredAt.getTime(),
    instance_id: "ins_2g7np7Hrk0SN6kj5EDMLDaKNL0S",
  };
}

/** The row of the table of senders. */
export function clerkSender(): Sender {
  const secrets = [
    "whsec_Y2xlcmstZmlyc3Qtb2YtdHdvLXNlY3JldHMtMTI=",
    "whsec_Y2xlcmstc2Vjb25kLW9mLXR3by1zZWNyZXRzLTE=",
  ] as const;
  return {
    name: "clerk",
    title: "Clerk",
    factory: "clerk",
    provider: "clerk",
    environmentVariable: "CLERK_WEBHOOK_SIGNING_SECRET",
    signedContent: "id, timestamp and body",
    makeProvider: clerk,
    secrets,
    signatureHeader: "svix-signature",
    payload: (objectId) => clerkPayload({ objectId }),
    sign: ({ secret = secrets[0], jobId: objectId, ...content } = {}) =>
      signClerk({ secret, objectId, ...content }),
  };
}
