import { createHmac } from "node:crypto";
import { vercel } from "@latchhook/core/providers/vercel";
import { type SignedWebhook, toBytes, type WebhookBody } from "../signed-webhook.ts";
import type { Sender } from "./sender.ts";

export interface SignVercelOptions {
  /** The webhook's secret. */
  readonly secret: string;
  /** What is sent. Default: a deployment that succeeded. */
  readonly body?: WebhookBody | undefined;
  /** The event's type, for the default body. Default: `deployment.succeeded`. */
  readonly type?: string | undefined;
  /** The deployment's id, for the default body. */
  readonly deploymentId?: string | undefined;
  /** When it happened, for the default body. Default: now. */
  readonly createdAt?: Date | undefined;
}

function deployment(options: Omit<SignVercelOptions, "secret">, data: object = {}) {
  const { type = "deployment.succeeded", deploymentId = "dpl_01", createdAt = new Date() } = options;
  return {
    id: `evt_${type}_${deploymentId}`,
    type,
    createdAt: createdAt.getTime(),
    region: null,
    payload: {
      deployment: { id: deploymentId, name: "example", url: "example-01.vercel.app", meta: {} },
      project: { id: "prj_01" },
      target: "production",
      ...data,
    },
  };
}

/**
 * A delivery of Vercel: the hex HMAC-SHA1 of the body.
 *
 * @example
 * const signed = signVercel({ secret, type: "deployment.error", deploymentId: "dpl_02" });
 */
export function signVercel(options: SignVercelOptions): SignedWebhook {
  const body = toBytes(options.body ?? deployment(options));
  return {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "user-agent": "Vercel Webhook 1.0",
      "x-vercel-signature": createHmac("sha1", options.secret.trim()).update(body).digest("hex"),
    },
    body,
  };
}

/** The row of the table of senders. */
export function vercelSender(): Sender {
  const secrets = ["first-of-two-for-vercel", "second-of-two-for-vercel"] as const;
  return {
    name: "vercel",
    title: "Vercel",
    factory: "vercel",
    provider: "vercel",
    environmentVariable: "VERCEL_WEBHOOK_SECRET",
    signedContent: "the body",
    makeProvider: vercel,
    secrets,
    signatureHeader: "x-vercel-signature",
    payload: (deploymentId) => deployment({ deploymentId }),
    sign: ({ secret = secrets[0], body, type, occurredAt: createdAt, jobId: deploymentId, data } = {}) =>
      signVercel({ secret, body: body ?? deployment({ type, createdAt, deploymentId }, data) }),
  };
}
