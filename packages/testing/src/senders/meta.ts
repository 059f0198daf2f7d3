import { createHmac } from "node:crypto";
import { meta } from "@latchhook/core/providers/meta";
import { type SignedWebhook, toBytes, type WebhookBody } from "../signed-webhook.ts";
import type { Sender } from "./sender.ts";

export interface SignMetaOptions {
  /** The app's secret. */
  readonly secret: string;
  /** What is sent. Default: a message on WhatsApp. */
  readonly body?: WebhookBody | undefined;
  /** The message's id, for the default body. */
  readonly messageId?: string | undefined;
}

const whatsapp = "whatsapp_business_account";

const message = (id = "wamid.HBgLMTY1MDM4Nzk0MzkVAgASGBQ01", data: object = {}, object = whatsapp) => ({
  object,
  entry: [
    {
      id: "102290129340398",
      changes: [
        {
          field: "messages",
          value: {
            messaging_product: "whatsapp",
            metadata: { display_phone_number: "15550783881", phone_number_id: "106540352242922" },
            contacts: [{ profile: { name: "Example" }, wa_id: "16505551234" }],
            messages: [{ id, from: "16505551234", timestamp: "1749416383", type: "text", ...data }],
          },
        },
      ],
    },
  ],
});

/**
 * A delivery of Meta: `sha256=` and the hex HMAC-SHA256 of the body under the app's secret.
 *
 * @example
 * const signed = signMeta({ secret: appSecret, body: { object: "page", entry: [{ id: "1", time: 1, messaging: [] }] } });
 */
export function signMeta(options: SignMetaOptions): SignedWebhook {
  const body = toBytes(options.body ?? message(options.messageId));
  const signature = createHmac("sha256", options.secret.trim()).update(body).digest("hex");
  return {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "user-agent": "facebookexternalua",
      "x-hub-signature-256": `sha256=${signature}`,
    },
    body,
  };
}

/** The row of the table of senders. */
export function metaSender(): Sender {
  const secrets = ["0f6bcd4621d373cade4e832627b4f6a1", "1a79a4d60de6718e8e5b326e338ae533"] as const;
  return {
    name: "meta",
    title: "Meta (WhatsApp, Messenger, Instagram)",
    factory: "meta",
    provider: "meta",
    environmentVariable: "META_APP_SECRET",
    signedContent: "the body",
    makeProvider: ({ secret }) => meta({ secret, verifyToken: "the token of the subscription" }),
    secrets,
    signatureHeader: "x-hub-signature-256",
    payload: (jobId) => message(jobId),
    sign: ({ secret = secrets[0], body, jobId, type, data } = {}) =>
      signMeta({ secret, body: body ?? message(jobId, data, type) }),
  };
}
