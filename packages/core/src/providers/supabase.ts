import { defineSender } from "../define-sender.ts";
import type { Provider } from "../provider.ts";
import { dateFromIso, objectMember, stringMember } from "../reading/json.ts";
import type { SecretOption } from "../signatures/secrets.ts";
import { standardWebhooksSignature } from "../signatures/standard-webhooks-signature.ts";
import { repeatHorizonMs } from "../signatures/timestamp.ts";
import { hookOf } from "./supabase/hook-of.ts";
import { type SupabaseEvent, supabaseEvents } from "./supabase/payloads.ts";

export * from "./supabase/payloads.ts";

export interface SupabaseOptions {
  /** The hook's secret, `v1,whsec_` and base64. Default: the environment's `SUPABASE_WEBHOOK_SECRET`. */
  readonly secret?: SecretOption | undefined;
  /** How far the signed timestamp may be from the clock, either way, in seconds. Default: 300. */
  readonly toleranceSeconds?: number | undefined;
}

/**
 * The hooks of Supabase Auth: Standard Webhooks `v1`, over id, timestamp and body. A hook waits for what is answered and
 * acts by it, so it is for `verifyWebhook`; a receiver's own answer is no decision.
 *
 * Each attempt has a `webhook-id` of its own, so a call is told apart by the body's `metadata.uuid`, or by the whole body
 * where it has none.
 *
 * @throws LatchhookError `missing-secret`, `invalid-secret` or `invalid-option`.
 */
export function supabase(options: SupabaseOptions = {}): Provider<SupabaseEvent> {
  return defineSender({
    name: "supabase",
    signature: standardWebhooksSignature({
      provider: "supabase",
      secret: options.secret,
      environmentVariable: "SUPABASE_WEBHOOK_SECRET",
      toleranceSeconds: options.toleranceSeconds,
    }),
    // Its source (internal/hooks/hookshttp): 3 attempts, all within 5 s; after 429 and 503 with a Retry-After at once.
    policy: {
      timeoutMs: 5_000,
      shortestRetryGapMs: 0,
      retryHorizonMs: repeatHorizonMs(5_000, options.toleranceSeconds),
      maxAttempts: 3,
    },
    events: supabaseEvents,
    read({ value, text }) {
      const { uuid, name, time } = objectMember(value.metadata);
      const id = stringMember(uuid);
      return {
        id,
        type: stringMember(name) || hookOf(value),
        data: value,
        occurredAt: dateFromIso(time),
        identity: id === "" ? ["body", text] : ["call", id],
      };
    },
  });
}
