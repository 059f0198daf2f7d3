import { defineSender, type PayloadEvent } from "../define-sender.ts";
import type { Provider } from "../provider.ts";
import { dateFromSeconds, type JsonObject, stringMember } from "../reading/json.ts";
import { knownNames } from "../reading/known-names.ts";
import { readHeader } from "../request/headers.ts";
import type { SecretOption } from "../signatures/secrets.ts";
import { standardWebhooksSignature } from "../signatures/standard-webhooks-signature.ts";
import { svixPolicy } from "../signatures/svix-policy.ts";
import { clerkNames } from "./clerk/names.ts";

export interface ClerkOptions {
  /** The endpoint's signing secret, `whsec_` and base64. Default: the environment's `CLERK_WEBHOOK_SIGNING_SECRET`. */
  readonly secret?: SecretOption | undefined;
  /** How far the signed timestamp may be from the clock, either way, in seconds. Default: 300. */
  readonly toleranceSeconds?: number | undefined;
}

/** A body of Clerk: what {@link clerk} takes for its types where it is not told others. */
export interface ClerkPayload {
  readonly type: (typeof clerkNames)[number];
  readonly data: JsonObject;
}

/** The events of a union of bodies; with the types that Clerk's SDK has, `clerk<WebhookEvent>()`. */
export type ClerkEvent<Payload extends { readonly type: string; readonly data: unknown } = ClerkPayload> =
  PayloadEvent<Payload>;

/**
 * Clerk: Standard Webhooks `v1` under the older `svix-` names, over id, timestamp and body. A delivery is told apart by its
 * `svix-id`, which stays the same when it is sent again, by itself or by hand.
 *
 * @throws LatchhookError `missing-secret`, `invalid-secret` or `invalid-option`.
 */
export function clerk<Payload extends { readonly type: string; readonly data: unknown } = ClerkPayload>(
  options: ClerkOptions = {},
): Provider<ClerkEvent<Payload>> {
  return defineSender<ClerkEvent<Payload>>({
    name: "clerk",
    signature: standardWebhooksSignature({
      provider: "clerk",
      secret: options.secret,
      environmentVariable: "CLERK_WEBHOOK_SIGNING_SECRET",
      headerPrefix: "svix",
      toleranceSeconds: options.toleranceSeconds,
    }),
    // Documented: it sends through Svix.
    policy: svixPolicy(options.toleranceSeconds),
    knows: knownNames(clerkNames),
    read({ value, headers }) {
      const id = stringMember(readHeader(headers, "svix-id"));
      const { timestamp } = value; // in milliseconds
      return {
        id,
        type: value.type,
        data: value.data,
        occurredAt: typeof timestamp === "number" ? dateFromSeconds(timestamp / 1000) : null,
        identity: [id],
      };
    },
  });
}
