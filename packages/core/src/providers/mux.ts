import { defineSender } from "../define-sender.ts";
import { toJob } from "../event.ts";
import type { Provider } from "../provider.ts";
import { dateFromIso, objectMember, stringMember } from "../reading/json.ts";
import { identityPart } from "../reading/key.ts";
import { matches } from "../reading/matches.ts";
import { hmacSignature } from "../signatures/hmac-signature.ts";
import type { SecretOption } from "../signatures/secrets.ts";
import { body, timestamp } from "../signatures/signed-content.ts";
import { repeatHorizonMs } from "../signatures/timestamp.ts";
import { muxJobStatus } from "./mux/job-status.ts";
import { type MuxEvent, type MuxEventBody, muxEvent } from "./mux/payloads.ts";

export * from "./mux/payloads.ts";

export interface MuxOptions {
  /** The webhook's signing secret. Default: the environment's `MUX_WEBHOOK_SECRET`. */
  readonly secret?: SecretOption | undefined;
  /** How far the signed timestamp may be from the clock, either way, in seconds. Default: 300. */
  readonly toleranceSeconds?: number | undefined;
}

/**
 * Mux. It signs the timestamp and the body. The event's `id` is in the body and stays the same over retries; the list
 * `attempts` beside it grows.
 *
 * @throws LatchhookError `missing-secret` or `invalid-option`.
 * @example
 * mux<Mux.Webhooks.UnwrapWebhookEvent>(); // each type with its own `event.data`, from Mux's SDK
 */
export function mux<Event extends { readonly type: string } = MuxEventBody>(
  options: MuxOptions = {},
): Provider<MuxEvent<Event>> {
  return defineSender<MuxEvent<Event>>({
    name: "mux",
    signature: hmacSignature({
      provider: "mux",
      secret: options.secret,
      environmentVariable: "MUX_WEBHOOK_SECRET",
      toleranceSeconds: options.toleranceSeconds,
      headers: { packed: "mux-signature", timestamp: "t", signature: "v1" },
      content: [timestamp, ".", body],
    }),
    // Documented: 24 h of retries with growing pauses ("Listen for webhooks"). Timeout and pauses are not: assumed.
    policy: {
      timeoutMs: 5_000,
      shortestRetryGapMs: 5_000,
      retryHorizonMs: repeatHorizonMs(86_400_000, options.toleranceSeconds),
      maxAttempts: null,
    },
    knows: (_type, data) => matches(muxEvent, data),
    read({ value, text }) {
      const id = identityPart(value.id);
      const data = objectMember(value.data);
      return {
        id: value.id,
        type: value.type,
        data: value,
        // Robots put their job one level deeper, under the event's own name; the envelope names it too.
        job: toJob(data.id ?? objectMember(value.object).id, muxJobStatus(stringMember(value.type))),
        occurredAt: dateFromIso(value.created_at),
        identity: id === null ? ["body", text] : ["event", id],
      };
    },
  });
}
