import { resend } from "@latchhook/core/providers/resend";
import { derivedId, type SignedWebhook } from "../signed-webhook.ts";
import type { Sender } from "./sender.ts";
import { type StandardWebhooksDelivery, signStandardWebhooks } from "./standard-webhooks.ts";

export interface SignResendOptions extends StandardWebhooksDelivery {
  /** Default: `email.delivered`. */
  readonly type?: string | undefined;
  /** The email's id. Default: an example's. */
  readonly emailId?: string | undefined;
}

/**
 * A delivery of Resend: Standard Webhooks `v1` under the `svix-` names. The payload is that of an email's event; `data`
 * makes it another's.
 *
 * @example
 * const signed = signResend({ secret, type: "email.bounced", emailId: "56761188-7520-42d8-8898-ff6fc54ce618" });
 */
export function signResend(options: SignResendOptions): SignedWebhook {
  const { secret, timestamp, body } = options;
  const payload = resendPayload(options);
  const derived = derivedId("msg_", payload.type, payload.data.email_id);
  const id = options.id ?? (body === undefined ? derived : undefined);
  return signStandardWebhooks({ secret, timestamp, id, body: body ?? payload, headerPrefix: "svix" });
}

function resendPayload({
  type = "email.delivered",
  emailId = "56761188-7520-42d8-8898-ff6fc54ce618",
  occurredAt = new Date(),
  data,
}: Partial<SignResendOptions>) {
  const createdAt = occurredAt.toISOString();
  const email = {
    email_id: emailId,
    message_id: "<111-222-333@email.example.com>",
    created_at: createdAt,
    from: "Acme <onboarding@example.com>",
    to: ["delivered@example.com"],
    subject: "Sending this example",
  };
  const bounce = { message: "The mailbox does not exist.", subType: "General", type: "Permanent" };
  return {
    type,
    created_at: createdAt,
    data: { ...email, ...(type === "email.bounced" ? { bounce } : {}), ...data },
  };
}

/** The row of the table of senders. */
export function resendSender(): Sender {
  const secrets = [
    "whsec_cmVzZW5kLWZpcnN0LW9mLXR3by1zZWNyZXRzLTE=",
    "whsec_cmVzZW5kLXNlY29uZC1vZi10d28tc2VjcmV0cy0=",
  ] as const;
  return {
    name: "resend",
    title: "Resend",
    factory: "resend",
    provider: "resend",
    environmentVariable: "RESEND_WEBHOOK_SECRET",
    signedContent: "id, timestamp and body",
    makeProvider: resend,
    secrets,
    signatureHeader: "svix-signature",
    payload: (emailId) => resendPayload({ emailId }),
    sign: ({ secret = secrets[0], jobId: emailId, ...content } = {}) =>
      signResend({ secret, emailId, ...content }),
  };
}
