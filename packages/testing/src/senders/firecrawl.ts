import { createHmac } from "node:crypto";
import { firecrawl } from "@latchhook/core/providers/firecrawl";
import { type SignedWebhook, toBytes, type WebhookBody } from "../signed-webhook.ts";
import type { Sender } from "./sender.ts";

export interface SignFirecrawlOptions {
  /** The account's webhook secret. */
  readonly secret: string;
  /** What is sent. Default: a crawl that has ended. */
  readonly body?: WebhookBody | undefined;
  /** The event's type, for the default body. Default: `crawl.completed`. */
  readonly type?: string | undefined;
  /** The job's id, for the default body. */
  readonly jobId?: string | undefined;
}

function crawl(options: Omit<SignFirecrawlOptions, "secret">, data: object = {}) {
  const { type = "crawl.completed", jobId = "550e8400-e29b-41d4-a716-446655440000" } = options;
  return { success: true, type, id: jobId, webhookId: `${type}:${jobId}`, data: [], metadata: {}, ...data };
}

/**
 * A delivery of Firecrawl: `sha256=` and the hex HMAC-SHA256 of the body.
 *
 * @example
 * const signed = signFirecrawl({ secret, type: "crawl.started", jobId: "crawl_1" });
 */
export function signFirecrawl(options: SignFirecrawlOptions): SignedWebhook {
  const body = toBytes(options.body ?? crawl(options));
  const signature = createHmac("sha256", options.secret.trim()).update(body).digest("hex");
  const headers = { "content-type": "application/json", "x-firecrawl-signature": `sha256=${signature}` };
  return { method: "POST", headers, body };
}

/** The row of the table of senders. */
export function firecrawlSender(): Sender {
  const secrets = ["first-of-two-for-firecrawl", "second-of-two-for-firecrawl"] as const;
  return {
    name: "firecrawl",
    title: "Firecrawl",
    factory: "firecrawl",
    provider: "firecrawl",
    environmentVariable: "FIRECRAWL_WEBHOOK_SECRET",
    signedContent: "the body",
    makeProvider: firecrawl,
    secrets,
    signatureHeader: "x-firecrawl-signature",
    payload: (jobId) => crawl({ jobId }),
    sign: ({ secret = secrets[0], body, type, jobId, data } = {}) =>
      signFirecrawl({ secret, body: body ?? crawl({ type, jobId }, data) }),
  };
}
