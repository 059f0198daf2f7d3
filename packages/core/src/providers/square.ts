import { defineSender } from "../define-sender.ts";
import type { KnownEvent, UnknownEvent } from "../event.ts";
import type { Provider } from "../provider.ts";
import { dateFromIso, isJsonObject, type JsonObject, objectMember } from "../reading/json.ts";
import { identityPart } from "../reading/key.ts";
import { hmacSignature } from "../signatures/hmac-signature.ts";
import type { SecretOption } from "../signatures/secrets.ts";
import { body } from "../signatures/signed-content.ts";
import { signedUrl } from "../signatures/signed-url.ts";

export interface SquareOptions {
  /** The subscription's notification URL, exactly as it is entered at Square: it is signed with the body. */
  readonly url: string;
  /** The subscription's signature key. Default: the environment's `SQUARE_WEBHOOK_SECRET`. */
  readonly secret?: SecretOption | undefined;
}

/**
 * The events of a map from types to payloads as they are on the wire, in snake case. Without one, `event.data` is any
 * JSON object; the types of Square's SDK have other names.
 */
export type SquareEvent<Payloads extends object = Readonly<Record<string, JsonObject>>> =
  | { [Type in keyof Payloads & string]: KnownEvent<Type, Payloads[Type]> }[keyof Payloads & string]
  | UnknownEvent;

/**
 * Square. It signs the notification URL and the body; no time, so that a captured delivery would be believed for ever,
 * and its record is kept for good. `event_id` in the body is the same over all retries.
 *
 * @throws LatchhookError `missing-secret`, or `invalid-option` unless `url` is an absolute URL.
 */
export function square<Payloads extends object = Readonly<Record<string, JsonObject>>>(
  options: SquareOptions,
): Provider<SquareEvent<Payloads>> {
  return defineSender<SquareEvent<Payloads>>({
    name: "square",
    signature: hmacSignature({
      provider: "square",
      secret: options.secret,
      environmentVariable: "SQUARE_WEBHOOK_SECRET",
      headers: { signature: "x-square-hmacsha256-signature" },
      encoding: "base64",
      content: [signedUrl("square", options.url), body],
    }),
    // Documented: 10 s; again after 1, 2, 4, … minutes, 11 times in 24 hours. An older page has 72 hours.
    policy: {
      timeoutMs: 10_000,
      shortestRetryGapMs: 60_000,
      retryHorizonMs: 259_200_000,
      maxAttempts: 12,
    },
    knows: (type, data) => type !== "" && isJsonObject(objectMember(data).data),
    read({ value, text }) {
      const id = identityPart(value.event_id);
      return {
        id,
        type: value.type,
        data: value,
        occurredAt: dateFromIso(value.created_at),
        identity: id === null ? ["body", text] : [id],
        undated: true,
      };
    },
  });
}
