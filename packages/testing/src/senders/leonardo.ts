import { leonardo } from "@latchhook/core/providers/leonardo";
import { type SignedWebhook, toBytes, type WebhookBody } from "../signed-webhook.ts";
import type { Sender } from "./sender.ts";

export interface SignLeonardoOptions {
  /** The webhook callback API key. */
  readonly secret: string;
  /** What is sent. Default: a generation that is complete. */
  readonly body?: WebhookBody | undefined;
  /** The generation's id, for the default body. */
  readonly generationId?: string | undefined;
}

const generation = (id = "generation_01", data: object = {}) => ({
  type: "image_generation.complete",
  object: "generation",
  timestamp: 1_795_000_000_000,
  api_version: "v1",
  data: {
    object: {
      id,
      status: "COMPLETE",
      prompt: "An oil painting of a cat",
      modelId: "6bef9f1b-29cb-40c7-b9df-32b51c1f67d3",
      images: [{ id: "image_01", url: "https://cdn.example.com/image_01.jpg" }],
      ...data,
    },
  },
});

/**
 * A callback of Leonardo: the webhook callback API key as a bearer token. Nothing is signed.
 *
 * @example
 * const signed = signLeonardo({ secret, generationId: "generation_1" });
 */
export function signLeonardo(options: SignLeonardoOptions): SignedWebhook {
  return {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${options.secret.trim()}` },
    body: toBytes(options.body ?? generation(options.generationId)),
  };
}

/** The row of the table of senders. */
export function leonardoSender(): Sender {
  const secrets = ["first-of-two-for-leonardo", "second-of-two-for-leonardo"] as const;
  return {
    name: "leonardo",
    title: "Leonardo",
    factory: "leonardo",
    provider: "leonardo",
    environmentVariable: "LEONARDO_WEBHOOK_SECRET",
    signedContent: "nothing: a bearer token",
    makeProvider: leonardo,
    secrets,
    signatureHeader: "authorization",
    unsignedBody: true,
    payload: (jobId) => generation(jobId),
    sign: ({ secret = secrets[0], body, jobId, data } = {}) =>
      signLeonardo({ secret, body: body ?? generation(jobId, data) }),
  };
}
