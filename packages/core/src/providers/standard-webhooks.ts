import type { KnownEvent } from "../event.ts";
import { defineProvider, type Provider } from "../provider.ts";
import { parseJsonObject, stringMember } from "../reading/json.ts";
import { readHeader } from "../request/headers.ts";
import type { SecretOption } from "../signatures/secrets.ts";
import { standardWebhooksSignature } from "../signatures/standard-webhooks-signature.ts";
import { repeatHorizonMs, resolveTolerance } from "../signatures/timestamp.ts";

export interface StandardWebhooksOptions {
  /** The endpoint's secret, `whsec_` and base64. Default: the environment's `STANDARD_WEBHOOKS_SECRET`. */
  readonly secret?: SecretOption | undefined;
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
 */
export function standardWebhooks(options: StandardWebhooksOptions = {}): Provider<StandardWebhooksEvent> {
  const toleranceSeconds = resolveTolerance("standardWebhooks", options.toleranceSeconds);
  const idHeader = `${options.headerPrefix ?? "webhook"}-id`;
  return defineProvider<StandardWebhooksEvent>({
    name: "standard-webhooks",
    // The specification: a timeout of 15 to 30 s, and an example schedule that starts at 5 s and lasts 75 h 35 min.
    policy: {
      timeoutMs: 15_000,
      shortestRetryGapMs: 5_000,
      retryHorizonMs: repeatHorizonMs(272_100_000, toleranceSeconds),
      maxAttempts: null,
    },
    ...standardWebhooksSignature({
      ...options,
      toleranceSeconds,
      provider: "standardWebhooks",
      secret: options.secret,
      environmentVariable: "STANDARD_WEBHOOKS_SECRET",
    }),
    read({ headers, body }) {
      const parsed = parseJsonObject(body);
      if (!parsed.ok) return parsed;
      const id = stringMember(readHeader(headers, idHeader));
      const event: StandardWebhooksEvent = {
        provider: "standard-webhooks",
        id,
        type: stringMember(parsed.value.type),
        known: true,
        job: null,
        occurredAt: null,
        data: "data" in parsed.value ? parsed.value.data : parsed.value,
      };
      return { ok: true, event, identity: [id] };
    },
  });
}
