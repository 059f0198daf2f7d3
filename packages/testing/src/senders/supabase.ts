import { createHash, randomUUID } from "node:crypto";
import { supabase } from "@latchhook/core/providers/supabase";
import type { SignedWebhook } from "../signed-webhook.ts";
import type { Sender } from "./sender.ts";
import { type StandardWebhooksDelivery, signStandardWebhooks } from "./standard-webhooks.ts";

export interface SignSupabaseOptions extends StandardWebhooksDelivery {
  /** Default: `send-email`. */
  readonly hook?: string | undefined;
  /** The user's id. Default: an example's. */
  readonly userId?: string | undefined;
  /** False for servers that do not say in the body which hook is called. Default: true. */
  readonly metadata?: boolean | undefined;
}

/**
 * A call of a hook of Supabase Auth: Standard Webhooks `v1`, with the commas that Supabase puts between several
 * signatures. Each attempt has an id of its own; what is the same is `metadata.uuid`, made from hook and user here.
 *
 * @example
 * const signed = signSupabase({ secret: "v1,whsec_…", hook: "send-sms" });
 */
export function signSupabase(options: SignSupabaseOptions): SignedWebhook {
  const { timestamp, id = randomUUID() } = options;
  const secret = [options.secret].flat().map((text) => text.trim().replace(/^v1,/, ""));
  const signed = signStandardWebhooks({
    secret,
    timestamp,
    id,
    body: options.body ?? supabasePayload(options),
  });
  const signature = signed.headers["webhook-signature"]?.replaceAll(" ", ", ") ?? "";
  return { ...signed, headers: { ...signed.headers, "webhook-signature": signature } };
}

function supabasePayload({
  hook = "send-email",
  userId = "8484b834-f29e-4af2-bf42-80644d154f76",
  metadata = true,
  occurredAt = new Date(),
  data,
}: Partial<SignSupabaseOptions>): object {
  const call = {
    uuid: uuidOf(hook, userId),
    time: occurredAt.toISOString(),
    name: hook,
    ip_address: "192.0.2.1",
  };
  return { ...(metadata ? { metadata: call } : {}), ...membersOfHook(hook, userId), ...data };
}

function membersOfHook(hook: string, userId: string): object {
  const user = { id: userId, aud: "authenticated", role: "authenticated", email: "valid.email@example.com" };
  switch (hook) {
    case "send-email": {
      const tokens = {
        token: "305805",
        token_hash: "7d5b7b1964cf5d388340a7f04f1dbb5eeb6c7b52ef8270e1737a58d0",
      };
      const links = { redirect_to: "http://localhost:3000/", site_url: "http://localhost:9999" };
      return { user, email_data: { ...tokens, ...links, email_action_type: "signup" } };
    }
    case "send-sms":
      return { user, sms: { otp: "561166" } };
    case "customize-access-token":
      return {
        user_id: userId,
        claims: { sub: userId, role: "authenticated" },
        authentication_method: "password",
      };
    case "mfa-verification":
      return {
        user_id: userId,
        factor_id: "6eab6a69-7766-48bf-95d8-bd8f606894db",
        factor_type: "totp",
        valid: true,
      };
    case "password-verification":
      return { user_id: userId, valid: false };
    default:
      return { user };
  }
}

function uuidOf(...content: readonly string[]): string {
  const hex = createHash("sha256").update(content.join(":")).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** The row of the table of senders. */
export function supabaseSender(): Sender {
  const secrets = [
    "v1,whsec_c3VwYWJhc2UtZmlyc3Qtb2YtdHdvLXNlY3JldHM=",
    "v1,whsec_c3VwYWJhc2Utc2Vjb25kLW9mLXR3by1zZWNyZXQ=",
  ] as const;
  return {
    name: "supabase",
    title: "Supabase Auth hooks",
    factory: "supabase",
    provider: "supabase",
    environmentVariable: "SUPABASE_WEBHOOK_SECRET",
    signedContent: "id, timestamp and body",
    makeProvider: supabase,
    secrets,
    signatureHeader: "webhook-signature",
    payload: (userId) => supabasePayload({ userId }),
    sign: ({ secret = secrets[0], jobId: userId, type: hook, ...content } = {}) =>
      signSupabase({ secret, userId, hook, ...content }),
  };
}
