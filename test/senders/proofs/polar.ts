import { signPolar } from "@latchhook/testing";
import { validateEvent, WebhookVerificationError } from "@polar-sh/sdk/webhooks";
import type { SenderProof } from "../sender-proof.ts";
import { standardWebhooksProof } from "../standard-webhooks-proof.ts";

/**
 * Polar's server gives a secret of today to the library of Standard Webhooks as it is (`server/polar/webhook/tasks.py`).
 * Its SDK 0.49 verifies under secrets from before 8 September 2026 alone, so that it is asked about one of those.
 */
export const proof: SenderProof = {
  sender: "polar",
  evidence: "source",
  ...standardWebhooksProof,
  vectors: [olderSecret()],
};

function olderSecret() {
  const secret = "polar_whs_of-before-september-2026";
  const signed = signPolar({ secret, secretForm: "utf8" });
  if (!sdkAccepts({ ...signed, secret }) || sdkAccepts({ ...signed, secret: `${secret}x` })) {
    throw new Error("@polar-sh/sdk does not accept what signPolar signs under an older secret.");
  }
  return { source: "the helper, with an older secret, accepted by @polar-sh/sdk", ...signed, secret };
}

function sdkAccepts({ headers, body, secret }: ReturnType<typeof signPolar> & { readonly secret: string }) {
  try {
    validateEvent(Buffer.from(body), headers, secret);
    return true;
  } catch (error) {
    // Any other error is of what comes after the signature: the payload is cut down.
    return !(error instanceof WebhookVerificationError);
  }
}
