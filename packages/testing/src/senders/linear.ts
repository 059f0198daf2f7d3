import { createHmac, randomUUID } from "node:crypto";
import { linear } from "@latchhook/core/providers/linear";
import { addHeader, membersOf, type SignedWebhook, toBytes, type WebhookBody } from "../signed-webhook.ts";
import type { Sender } from "./sender.ts";

export interface SignLinearOptions {
  /** The webhook's signing secret. */
  readonly secret: string;
  /** What is sent, its `webhookTimestamp` included. Default: an issue that was created. */
  readonly body?: WebhookBody | undefined;
  /** When it is sent, in milliseconds, for the default body. Default: now. */
  readonly webhookTimestamp?: number | undefined;
  /** When it happened, for the default body. Default: now. */
  readonly createdAt?: Date | undefined;
  /** What it is about, for the default body. Default: `Issue`. */
  readonly type?: string | undefined;
  /** The issue's id, for the default body. */
  readonly issueId?: string | undefined;
  /** The delivery's id, in a header that is not signed. Default: a new one. */
  readonly deliveryId?: string | undefined;
}

function issue(options: Omit<SignLinearOptions, "secret">, data: object = {}) {
  const {
    webhookTimestamp = Date.now(),
    createdAt = new Date(),
    type = "Issue",
    issueId = "539068e2-ae88-4d09-bd75-22eb4a59612f",
  } = options;
  return {
    action: "create",
    type,
    createdAt: createdAt.toISOString(),
    data: { id: issueId, title: "Design for failure", ...data },
    url: "https://linear.app/example/issue/EX-1",
    organizationId: "1c5b9e0f-8d2a-4f5c-9a53-2a1b7f1b9d10",
    webhookId: "000042e3-d123-4980-b49f-8e140eef9329",
    webhookTimestamp,
  };
}

/**
 * A delivery of Linear: the hex HMAC-SHA256 of the body, in which the time of sending is. The other headers are not
 * signed.
 *
 * @example
 * const signed = signLinear({ secret, issueId: "2174add1-f7c8-44e3-bbf3-2d60b5ea8bc9" });
 */
export function signLinear(options: SignLinearOptions): SignedWebhook {
  const { secret, deliveryId = randomUUID() } = options;
  const body = toBytes(options.body ?? issue(options));
  const { type, webhookTimestamp } = membersOf(body);
  const headers: Record<string, string> = {
    "content-type": "application/json; charset=utf-8",
    "user-agent": "Linear-Webhook",
    "linear-delivery": deliveryId,
    "linear-signature": createHmac("sha256", secret.trim()).update(body).digest("hex"),
  };
  addHeader(headers, "linear-event", type);
  addHeader(headers, "linear-timestamp", webhookTimestamp);
  return { method: "POST", headers, body };
}

/** The row of the table of senders. */
export function linearSender(): Sender {
  const secrets = ["lin_wh_first-of-two-secrets", "lin_wh_second-of-two-secrets"] as const;
  return {
    name: "linear",
    title: "Linear",
    factory: "linear",
    provider: "linear",
    environmentVariable: "LINEAR_WEBHOOK_SECRET",
    signedContent: "the body, and in it the time; no header",
    makeProvider: linear,
    secrets,
    signatureHeader: "linear-signature",
    payload: (issueId) => issue({ issueId }),
    sign: ({ secret = secrets[0], body, timestamp, occurredAt: createdAt, jobId, id, type, data } = {}) => {
      const webhookTimestamp = timestamp === undefined ? undefined : Number(timestamp) * 1_000;
      const content = issue({ issueId: jobId, type, createdAt, webhookTimestamp }, data);
      return signLinear({ secret, deliveryId: id, body: body ?? content });
    },
  };
}
