import { defineSender } from "../define-sender.ts";
import { LatchhookError } from "../errors.ts";
import { toJob } from "../event.ts";
import type { Provider } from "../provider.ts";
import { dateFromIso, isJsonObject, objectMember } from "../reading/json.ts";
import { identityPart } from "../reading/key.ts";
import type { SecretOption } from "../signatures/secrets.ts";
import { type SecretPlace, sharedSecret } from "../signatures/shared-secret.ts";
import { type DeepgramEvent, deepgramEvents } from "./deepgram/payloads.ts";
import { withoutSecret } from "./deepgram/without-secret.ts";

export * from "./deepgram/payloads.ts";

export interface DeepgramOptions {
  /**
   * `user:password`, as it stands in the callback's URL; with `sentIn: "extra"` the secret that you passed as `extra`.
   * Default: the environment's `DEEPGRAM_WEBHOOK_SECRET`.
   */
  readonly secret?: SecretOption | undefined;
  /**
   * `authorization` for `https://user:password@example.com/…`, `extra` for `extra=callback_secret:…` of `/v1/listen`.
   * Default: `authorization`.
   */
  readonly sentIn?: "authorization" | "extra" | undefined;
}

/** Where each of the two ways puts the secret. */
const places: Readonly<Record<"authorization" | "extra", SecretPlace>> = {
  authorization: { authorization: "basic" },
  extra: { member: ["metadata", "extra", "callback_secret"] },
};

/**
 * Deepgram. Nothing is signed: it sends back a secret that you gave it. Nothing binds the body to it, and nothing
 * limits a replay in time.
 *
 * @throws LatchhookError `missing-secret`, `invalid-secret` or `invalid-option`.
 */
export function deepgram(options: DeepgramOptions = {}): Provider<DeepgramEvent> {
  const { sentIn = "authorization" } = options;
  if (!Object.hasOwn(places, sentIn)) {
    throw new LatchhookError("invalid-option", 'deepgram: sentIn must be "authorization" or "extra".');
  }
  return defineSender({
    name: "deepgram",
    signature: sharedSecret({
      provider: "deepgram",
      secret: options.secret,
      environmentVariable: "DEEPGRAM_WEBHOOK_SECRET",
      place: places[sentIn],
    }),
    // Documented: 10 retries, 30 s apart. The timeout is not: 10 s is assumed.
    policy: { timeoutMs: 10_000, shortestRetryGapMs: 30_000, retryHorizonMs: 400_000, maxAttempts: 11 },
    events: deepgramEvents,
    read({ value, text }) {
      const { request_id: requestId, created } = objectMember(value.metadata);
      const id = identityPart(requestId);
      const type = typeOf(value.results);
      return {
        id: type === "" ? undefined : requestId,
        type,
        data: withoutSecret(value),
        job: toJob(requestId, type === "" ? undefined : "completed"),
        occurredAt: dateFromIso(created),
        identity: id === null || type === "" ? ["body", text] : [type, id],
        undated: true,
      };
    },
  });
}

function typeOf(results: unknown): string {
  if (!isJsonObject(results)) return "";
  return Array.isArray(results.channels) ? "listen.completed" : "read.completed";
}
