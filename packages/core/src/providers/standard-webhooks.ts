import { defineSender } from "../define-sender.ts";
import type { KnownEvent } from "../event.ts";
import type { Provider } from "../provider.ts";
import { stringMember } from "../reading/json.ts";
import { readHeader } from "../request/headers.ts";
import type { SecretForm } from "../signatures/secret-form.ts";
import type { SecretOption } from "../signatures/secrets.ts";
import { standardWebhooksPolicy } from "../signatures/standard-webhooks-policy.ts";
import { standardWebhooksSignature } from "../signatures/standard-webhooks-signature.ts";

export interface StandardWebhooksOptions {
  /** The endpoint's secret, `whsec_` and base64. Default: the environment's `STANDARD_WEBHOOKS_SECRET`. */
  readonly secret?: SecretOption | undefined;
  /** How the secret becomes a key: `utf8` where the whole text is it, `base64-or-utf8` as OpenAI does. Default: `base64`. */
  readonly secretForm?: SecretForm | undefined;
  /** Ed25519 public keys (`whpk_…`), for senders that sign with `v1a`. With one, the secret may be left out. */
  readonly publicKey?: string | readonly string[] | undefined;
  /** How far the signed timestamp may be from the clock, either way, in seconds. Default: 300. */
  readonly toleranceSeconds?: number | undefined;
  /** `svix` for senders that still send `svix-id`, `svix-timestamp`, `svix-signature`. Default: `webhook`. */
  readonly headerPrefix?: "webhook" | "svix" | undefined;
}

/** `type` is the body's `type`, or empty; `data` its `data`, or the whole body where it has none. */
export type StandardWebhooksEvent = KnownEvent<string, unknown>;

/**
 * Any sender that follows Standard Webhooks (https://www.standardwebhooks.com). Pass a `schema` to the receiver to
 * give `event.data` its type.
 *
 * @throws LatchhookError `missing-secret`, `invalid-secret` or `invalid-option`.
 */
export function standardWebhooks(options: StandardWebhooksOptions = {}): Provider<StandardWebhooksEvent> {
  const idHeader = `${options.headerPrefix ?? "webhook"}-id`;
  return defineSender<StandardWebhooksEvent>({
    name: "standard-webhooks",
    signature: standardWebhooksSignature({
      ...options,
      provider: "standardWebhooks",
      secret: options.secret,
      environmentVariable: "STANDARD_WEBHOOKS_SECRET",
    }),
    policy: standardWebhooksPolicy(options.toleranceSeconds),
    read({ value, headers }) {
      const id = stringMember(readHeader(headers, idHeader));
      return { id, type: value.type, data: "data" in value ? value.data : value, identity: [id] };
    },
  });
}
