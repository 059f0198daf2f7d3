import { createHmac } from "node:crypto";
import { elevenlabs } from "@latchhook/core/providers/elevenlabs";
import { type SignedWebhook, toBytes, unixSeconds, type WebhookBody } from "../signed-webhook.ts";
import type { Sender } from "./sender.ts";

export interface SignElevenlabsOptions {
  /** The webhook's shared secret. */
  readonly secret: string;
  /** What is sent. Default: a `post_call_transcription`. */
  readonly body?: WebhookBody | undefined;
  /** Unix seconds; text is signed and sent as it is. Default: now. */
  readonly timestamp?: number | string | undefined;
}

/**
 * A delivery of ElevenLabs: `t` and `v0`, the hex HMAC-SHA256 of `${timestamp}.${body}` under the UTF-8 of the secret.
 *
 * @example
 * const signed = signElevenlabs({ secret, body: { type: "voice_removed", event_timestamp: 1790000000, data } });
 */
export function signElevenlabs(options: SignElevenlabsOptions): SignedWebhook {
  const { secret, timestamp = unixSeconds() } = options;
  const body = toBytes(options.body ?? payload());
  const signature = createHmac("sha256", secret.trim()).update(`${timestamp}.`).update(body).digest("hex");
  const headers = {
    "content-type": "application/json",
    "elevenlabs-signature": `t=${timestamp},v0=${signature}`,
  };
  return { method: "POST", headers, body };
}

function payload(jobId = "conv_01", type = "post_call_transcription", at = unixSeconds()) {
  const about = type.startsWith("speech_to_text")
    ? { request_id: jobId, transcription: { language_code: "en", text: "Good evening.", words: [] } }
    : { conversation_id: jobId, agent_id: "agent_01", status: "done", transcript: [], full_audio: "" };
  return { type, event_timestamp: at, data: { ...about, voice_id: "voice_01" } };
}

/** The row of the table of senders. */
export function elevenlabsSender(): Sender {
  const secrets = ["wsec_first-of-two-for-elevenlabs", "wsec_second-of-two-for-elevenlabs"] as const;
  return {
    name: "elevenlabs",
    title: "ElevenLabs",
    factory: "elevenlabs",
    provider: "elevenlabs",
    environmentVariable: "ELEVENLABS_WEBHOOK_SECRET",
    signedContent: "the timestamp and the body",
    // What is older than the tolerance of most senders is to be stale here too.
    makeProvider: (options) => elevenlabs({ toleranceSeconds: 300, ...options }),
    secrets,
    signatureHeader: "elevenlabs-signature",
    payload: (jobId) => payload(jobId),
    sign: ({ secret = secrets[0], body, timestamp, jobId, type, occurredAt, data } = {}) => {
      const at = occurredAt && Math.floor(occurredAt.getTime() / 1_000);
      return signElevenlabs({ secret, timestamp, body: body ?? { ...payload(jobId, type, at), ...data } });
    },
  };
}
