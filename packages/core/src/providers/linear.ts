import { defineSender } from "../define-sender.ts";
import type { KnownEvent, UnknownEvent } from "../event.ts";
import type { Provider } from "../provider.ts";
import { dateFromIso, type JsonObject } from "../reading/json.ts";
import { hmacSignature } from "../signatures/hmac-signature.ts";
import type { SecretOption } from "../signatures/secrets.ts";
import { body } from "../signatures/signed-content.ts";
import { checkContentAge, repeatHorizonMs, resolveTolerance } from "../signatures/timestamp.ts";
import { type LinearType, linearTypes } from "./linear/types.ts";

export interface LinearOptions {
  /** The webhook's signing secret. Default: the environment's `LINEAR_WEBHOOK_SECRET`. */
  readonly secret?: SecretOption | undefined;
  /** How far the signed `webhookTimestamp` may be from the clock, either way, in seconds. Default: 60, as its SDK has. */
  readonly toleranceSeconds?: number | undefined;
}

/**
 * The events of a map from Linear's `type` to the body. Without one, `event.data` is any JSON object; with that of its
 * SDK, `linear<LinearWebhookEventTypeMap>()` of `@linear/sdk/webhooks`, each event has its own.
 */
export type LinearEvent<Payloads extends object = Readonly<Record<LinearType, JsonObject>>> =
  | { [Name in keyof Payloads & string]: KnownEvent<Name, Payloads[Name]> }[keyof Payloads & string]
  | UnknownEvent;

/**
 * Linear. It signs the body alone; the time of sending is in it, as `webhookTimestamp`, and checked once the signature
 * is. The headers `Linear-Timestamp`, `Linear-Delivery` and `Linear-Event` are not signed and not looked at. The body
 * has no id of the delivery, so that two are the same where all but the time of sending is.
 *
 * @throws LatchhookError `missing-secret` or `invalid-option`.
 */
export function linear<Payloads extends object = Readonly<Record<LinearType, JsonObject>>>(
  options: LinearOptions = {},
): Provider<LinearEvent<Payloads>> {
  const toleranceSeconds = resolveTolerance("linear", options.toleranceSeconds ?? 60);
  const limits = { maxAgeMs: toleranceSeconds * 1_000, toleranceMs: toleranceSeconds * 1_000 };
  return defineSender<LinearEvent<Payloads>>({
    name: "linear",
    signature: hmacSignature({
      provider: "linear",
      secret: options.secret,
      environmentVariable: "LINEAR_WEBHOOK_SECRET",
      headers: { signature: "linear-signature" },
      content: [body],
    }),
    // Documented: 5 s; retries after a minute, an hour and 6 hours.
    policy: {
      timeoutMs: 5_000,
      shortestRetryGapMs: 60_000,
      retryHorizonMs: repeatHorizonMs(25_260_000, toleranceSeconds),
      maxAttempts: 4,
    },
    knows: (type, data) => types.has(type) && typeof (data as JsonObject).action === "string",
    read({ value, text, receivedAt }) {
      const sentAt = dateOfSending(value.webhookTimestamp);
      return {
        type: value.type,
        data: value,
        occurredAt: dateFromIso(value.createdAt),
        identity: ["body", sentAt === null ? text : withoutTime(text, sentAt)],
        undated: sentAt === null,
        refusal: checkContentAge(sentAt, receivedAt, limits),
      };
    },
  });
}

const types: ReadonlySet<string> = new Set(linearTypes);

/** What the text says but for the time of sending. Within a text of it, the member's quotation marks are escaped. */
function withoutTime(text: string, sentAt: Date): string {
  return text.replace(new RegExp(`("webhookTimestamp"\\s*:\\s*)${sentAt.getTime()}(?!\\d)`, "g"), "$1");
}

/** Milliseconds since the epoch, in thirteen digits; anything else is no time. */
function dateOfSending(value: unknown): Date | null {
  return typeof value === "number" && /^[1-9]\d{12}$/.test(String(value)) ? new Date(value) : null;
}
