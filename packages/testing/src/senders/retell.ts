import { createHmac } from "node:crypto";
import { retell } from "@latchhook/core/providers/retell";
import { type SignedWebhook, toBytes, type WebhookBody } from "../signed-webhook.ts";
import type { Sender } from "./sender.ts";

export interface SignRetellOptions {
  /** The API key that is marked as the webhook's. */
  readonly secret: string;
  /** What is sent. Default: a `call_ended`. */
  readonly body?: WebhookBody | undefined;
  /** Milliseconds since the epoch; text is signed and sent as it is. Default: now. */
  readonly timestamp?: number | string | undefined;
}

/**
 * A delivery of Retell AI: `v` and `d`, the hex HMAC-SHA256 of the body and the milliseconds after it, under the UTF-8 of
 * the API key.
 *
 * @example
 * const signed = signRetell({ secret, body: { event: "call_analyzed", call: { call_id: "call_1" } } });
 */
export function signRetell(options: SignRetellOptions): SignedWebhook {
  const { secret, timestamp = Date.now() } = options;
  const body = toBytes(options.body ?? payload());
  const digest = createHmac("sha256", secret.trim()).update(body).update(String(timestamp)).digest("hex");
  const headers = { "content-type": "application/json", "x-retell-signature": `v=${timestamp},d=${digest}` };
  return { method: "POST", headers, body };
}

function payload(id = "call_01", event = "call_ended", at = Date.now()) {
  if (event.startsWith("chat_")) {
    return { event, chat: { chat_id: id, agent_id: "agent_01", chat_status: "ended", end_timestamp: at } };
  }
  const call = {
    call_id: id,
    agent_id: "agent_01",
    call_status: "ended",
    start_timestamp: at - 15_791,
    end_timestamp: at,
  };
  return { event, call };
}

/** The row of the table of senders. */
export function retellSender(): Sender {
  const secrets = ["key_first-of-two-for-retell", "key_second-of-two-for-retell"] as const;
  return {
    name: "retell",
    title: "Retell AI",
    factory: "retell",
    provider: "retell",
    environmentVariable: "RETELL_API_KEY",
    signedContent: "the body and the timestamp",
    makeProvider: retell,
    secrets,
    signatureHeader: "x-retell-signature",
    payload: (jobId) => payload(jobId),
    sign: ({ secret = secrets[0], body, timestamp, jobId, type, occurredAt, data } = {}) =>
      signRetell({
        secret,
        timestamp: typeof timestamp === "number" ? timestamp * 1_000 : timestamp,
        body: body ?? { ...payload(jobId, type, occurredAt?.getTime()), ...data },
      }),
  };
}
