import { luma } from "@latchhook/core/providers/luma";
import { type SignedWebhook, toBytes, type WebhookBody } from "../signed-webhook.ts";
import type { Sender } from "./sender.ts";

export interface SignLumaOptions {
  /** The secret in the query of `callback_url`. */
  readonly secret: string;
  /** Its name there. Default: `secret`. */
  readonly parameter?: string | undefined;
  /** What is sent. Default: a generation that is ready. */
  readonly body?: WebhookBody | undefined;
  /** The generation's id, for the default body. */
  readonly generationId?: string | undefined;
  /** For the default body. Default: `completed`. */
  readonly state?: "queued" | "dreaming" | "completed" | "failed" | undefined;
}

const generation = (id = "generation_01", state = "completed", data: object = {}) => ({
  id,
  generation_type: "video",
  state,
  failure_reason: null,
  created_at: "2026-11-24T12:00:00.000Z",
  assets: state === "completed" ? { video: `https://storage.example.com/${id}.mp4` } : null,
  model: "ray-2",
  ...data,
});

/**
 * A callback of Luma: nothing is signed, and the secret is in the query of the URL that is asked for, in `url`.
 *
 * @example
 * const signed = signLuma({ secret, generationId: "generation_1" });
 * const response = await app.request(toRequest(signed, "http://localhost/webhooks/luma"));
 */
export function signLuma(options: SignLumaOptions): SignedWebhook {
  const { secret, parameter = "secret", generationId, state } = options;
  return {
    method: "POST",
    url: `/?${new URLSearchParams({ [parameter]: secret.trim() })}`,
    headers: { "content-type": "application/json" },
    body: toBytes(options.body ?? generation(generationId, state)),
  };
}

/** The row of the table of senders. */
export function lumaSender(): Sender {
  const secrets = ["first-of-two-for-luma", "second-of-two-for-luma"] as const;
  return {
    name: "luma",
    title: "Luma",
    factory: "luma",
    provider: "luma",
    environmentVariable: "LUMA_WEBHOOK_SECRET",
    signedContent: "nothing: a secret in the URL that you give it",
    makeProvider: luma,
    secrets,
    signatureHeader: "",
    unsignedBody: true,
    payload: (jobId) => generation(jobId),
    sign: ({ secret = secrets[0], body, jobId, type, data } = {}) =>
      signLuma({ secret, body: body ?? generation(jobId, type?.replace("generation.", ""), data) }),
  };
}
