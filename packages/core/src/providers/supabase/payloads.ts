import * as z from "zod/mini";
import type { SenderEvent } from "../../define-sender.ts";

const text = z.nullish(z.string());
const metadata = z.nullish(z.looseObject({ uuid: z.string(), time: text, name: text, ip_address: text }));
const user = z.looseObject({ id: z.string(), email: text, phone: text });

/** `event.data` of `before-user-created` and `after-user-created`, the whole signed body, as with all hooks. */
export const supabaseUserCreated = z.looseObject({ metadata, user });
/** `event.data` of `send-email`. It holds the tokens that are to be sent: do not log it. */
export const supabaseSendEmail = z.looseObject({
  metadata,
  user,
  email_data: z.looseObject({
    token: text,
    token_hash: text,
    redirect_to: text,
    email_action_type: z.string(),
  }),
});
/** `event.data` of `send-sms`. It holds the one-time password that is to be sent: do not log it. */
export const supabaseSendSms = z.looseObject({
  metadata,
  user,
  sms: z.looseObject({ otp: text, phone: text }),
});
/** `event.data` of `customize-access-token`. */
export const supabaseCustomizeAccessToken = z.looseObject({
  metadata,
  user_id: z.string(),
  claims: z.looseObject({}),
  authentication_method: text,
});
/** `event.data` of `mfa-verification`. */
export const supabaseMfaVerification = z.looseObject({
  metadata,
  user_id: z.string(),
  factor_id: z.string(),
  factor_type: text,
  valid: z.boolean(),
});
/** `event.data` of `password-verification`. */
export const supabasePasswordVerification = z.looseObject({
  metadata,
  user_id: z.string(),
  valid: z.boolean(),
});

/** Each hook, by the name that its body has, with the schema of the body. Source: `supabase/auth`, `internal/hooks`. */
export const supabaseEvents = {
  "before-user-created": supabaseUserCreated,
  "after-user-created": supabaseUserCreated,
  "send-email": supabaseSendEmail,
  "send-sms": supabaseSendSms,
  "customize-access-token": supabaseCustomizeAccessToken,
  "mfa-verification": supabaseMfaVerification,
  "password-verification": supabasePasswordVerification,
};
export type SupabaseEvent = SenderEvent<typeof supabaseEvents>;
