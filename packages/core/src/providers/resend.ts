import { defineSender, type PayloadEvent } from "../define-sender.ts";
import type { Provider } from "../provider.ts";
import { dateFromIso, type JsonObject, stringMember } from "../reading/json.ts";
import { knownNames } from "../reading/known-names.ts";
import { readHeader } from "../request/headers.ts";
import type { SecretOption } from "../signatures/secrets.ts";
import { standardWebhooksSignature } from "../signatures/standard-webhooks-signature.ts";
import { svixPolicy } from "../signatures/svix-policy.ts";
import { resendNames } from "./resend/names.ts";

export interface ResendOptions {
  /** The webhook's signing secret, `whsec_` and base64. Default: the environment's `RESEND_WEBHOOK_SECRET`. */
  readonly secret?: SecretOption | undefined;
  /** How far the signed timestamp may be from the clock, either way, in seconds. Default: 300. */
  readonly toleranceSeconds?: number | undefined;
}

/** A body of Resend: what {@link resend} takes for its types where it is not told others. */
export interface ResendPayload {
  readonly type: (typeof resendNames)[number];
  readonly data: JsonObject;
}

/** The events of a union of bodies; with the types that Resend's SDK has, `resend<WebhookEventPayload>()`. */
export type ResendEvent<Payload extends { readonly type: string; readonly data: unknown } = ResendPayload> =
  PayloadEvent<Payload>;

/**
 * Resend: Standard Webhooks `v1` under the older `svix-` names, over id, timestamp and body. A delivery is told apart by
 * its `svix-id`, which stays the same when it is sent again, by itself or by hand.
 *
 * @throws LatchhookError `missing-secret`, `invalid-secret` or `invalid-option`.
 */
export function resend<Payload extends { readonly type: string; readonly data: unknown } = ResendPayload>(
  options: ResendOptions = {},
): Provider<ResendEvent<Payload>> {
  return defineSender<ResendEvent<Payload>>({
    name: "resend",
    signature: standardWebhooksSignature({
      provider: "resend",
      secret: options.secret,
      environmentVariable: "RESEND_WEBHOOK_SECRET",
      headerPrefix: "svix",
      toleranceSeconds: options.toleranceSeconds,
    }),
    // Documented: the schedule. It is Svix's, and so is the timeout.
    policy: svixPolicy(options.toleranceSeconds),
    knows: knownNames(resendNames),
    read({ value, headers }) {
      const id = stringMember(readHeader(headers, "svix-id"));
      return {
        id,
        type: value.type,
        data: value.data,
        occurredAt: dateFromIso(value.created_at),
        identity: [id],
      };
    },
  });
}
