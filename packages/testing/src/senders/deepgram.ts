import { deepgram } from "@latchhook/core/providers/deepgram";
import { type SignedWebhook, toBytes, type WebhookBody } from "../signed-webhook.ts";
import type { Sender } from "./sender.ts";

export interface SignDeepgramOptions {
  /** `user:password` of the callback's URL; of `sentIn: "extra"` the secret. */
  readonly secret: string;
  /** Where the secret goes; in `extra` it becomes part of the default body. Default: `authorization`. */
  readonly sentIn?: "authorization" | "extra" | undefined;
  /** What is sent, with its secret if it is to have one. Default: a transcript. */
  readonly body?: WebhookBody | undefined;
  /** The request's id, for the default body. */
  readonly requestId?: string | undefined;
}

const transcript = (requestId = "request_01", extra?: object, data: object = {}) => ({
  metadata: {
    request_id: requestId,
    created: "2026-11-24T12:00:00.000Z",
    duration: 25.9,
    channels: 1,
    ...(extra === undefined ? {} : { extra }),
  },
  results: {
    channels: [{ alternatives: [{ transcript: "yeah as much as it is worth", confidence: 0.99 }] }],
  },
  ...data,
});

/**
 * A callback of Deepgram: the secret as it is, as Basic authorization or in `metadata.extra.callback_secret`. Nothing is
 * signed.
 *
 * @example
 * const signed = signDeepgram({ secret: "user:password", requestId: "request_1" });
 */
export function signDeepgram(options: SignDeepgramOptions): SignedWebhook {
  const { secret, sentIn = "authorization", requestId } = options;
  const isInBody = sentIn === "extra";
  const extra = isInBody ? { callback_secret: secret.trim() } : undefined;
  const authorization = `Basic ${Buffer.from(secret.trim()).toString("base64")}`;
  return {
    method: "POST",
    headers: { "content-type": "application/json", ...(isInBody ? {} : { authorization }) },
    body: toBytes(options.body ?? transcript(requestId, extra)),
  };
}

/** The row of the table of senders. */
export function deepgramSender(): Sender {
  const secrets = ["latchhook:first-of-two-passwords", "latchhook:second-of-two-passwords"] as const;
  return {
    name: "deepgram",
    title: "Deepgram",
    factory: "deepgram",
    provider: "deepgram",
    environmentVariable: "DEEPGRAM_WEBHOOK_SECRET",
    signedContent: "nothing: Basic authorization, or a secret in the body",
    makeProvider: deepgram,
    secrets,
    signatureHeader: "authorization",
    unsignedBody: true,
    payload: (jobId) => transcript(jobId),
    sign: ({ secret = secrets[0], body, jobId, data } = {}) =>
      signDeepgram({ secret, body: body ?? transcript(jobId, undefined, data) }),
  };
}
