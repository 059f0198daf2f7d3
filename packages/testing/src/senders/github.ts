import { createHmac, randomUUID } from "node:crypto";
import { github } from "@latchhook/core/providers/github";
import { type SignedWebhook, toBytes, type WebhookBody } from "../signed-webhook.ts";
import { type HmacSender, utf8Key } from "./sender.ts";

export interface SignGithubOptions {
  /** The webhook's secret, as it was entered. */
  readonly secret: string;
  /** What is sent. Default: a ping. */
  readonly body?: WebhookBody | undefined;
  /** The event's name, in a header that is not signed; false leaves it out. Default: `ping`. */
  readonly event?: string | false | undefined;
  /** The delivery's id, in a header that is not signed. Default: a new one. */
  readonly deliveryId?: string | undefined;
}

const ping = { zen: "Design for failure.", hook_id: 1, hook: { type: "Repository", id: 1, events: ["*"] } };

/**
 * A delivery of GitHub: `sha256=` and the hex HMAC-SHA256 of the body. Event and delivery id are headers that are not
 * signed.
 *
 * @example
 * const signed = signGithub({ secret, event: "issues", body: { action: "opened", issue: { number: 1 } } });
 */
export function signGithub(options: SignGithubOptions): SignedWebhook {
  const { secret, event = "ping", deliveryId = randomUUID() } = options;
  const body = toBytes(options.body ?? ping);
  const signature = createHmac("sha256", secret.trim()).update(body).digest("hex");
  const headers: Record<string, string> = {
    "content-type": "application/json",
    "user-agent": "GitHub-Hookshot/044aadd",
    "x-github-delivery": deliveryId,
    "x-hub-signature-256": `sha256=${signature}`,
  };
  if (event !== false) headers["x-github-event"] = event;
  return { method: "POST", headers, body };
}

/** The row of the table of senders. */
export function githubSender(): HmacSender {
  const secrets = ["first of two, for GitHub", "second of two, for GitHub"] as const;
  const payload = (jobId = "1", data: object = {}) => ({
    action: "opened",
    issue: { number: 1, title: jobId },
    ...data,
  });
  return {
    name: "github",
    title: "GitHub",
    factory: "github",
    provider: "github",
    environmentVariable: "GITHUB_WEBHOOK_SECRET",
    signedContent: "the body; neither the event’s name nor the delivery’s id",
    members: undefined,
    makeProvider: github,
    secrets,
    key: utf8Key,
    signatureHeader: "x-hub-signature-256",
    timestampHeader: undefined,
    prefix: "sha256=",
    encoding: "hex",
    payload: (jobId) => payload(jobId),
    sign: ({ secret = secrets[0], body, jobId, id, type = "issues", data } = {}) =>
      signGithub({ secret, event: type, body: body ?? payload(jobId, data), deliveryId: id }),
  };
}
