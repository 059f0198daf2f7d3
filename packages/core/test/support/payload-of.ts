import type { SignedWebhook } from "@latchhook/testing";

/** The body that a helper signed, parsed again. */
export function payloadOf({ body }: SignedWebhook): Record<string, unknown> {
  return JSON.parse(new TextDecoder().decode(body)) as Record<string, unknown>;
}
