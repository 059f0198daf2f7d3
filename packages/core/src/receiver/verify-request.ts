import type { Passage } from "../delivery/passage.ts";
import { isLatchhookError } from "../errors.ts";
import type { WebhookEvent } from "../event.ts";
import type { Outcome } from "../outcome.ts";
import type { Handshake, Provider, Refusal, SignedRequest, Verified } from "../provider.ts";
import { type Trusted, trust } from "../reading/trust.ts";

/** Authenticity, freshness and meaning of a request's bytes. Nothing unverified goes on from here. */
export async function verifyRequest(
  provider: Provider<WebhookEvent, Handshake>,
  scope: string,
  request: SignedRequest & { readonly receivedAt: number },
  passage: Passage,
): Promise<Trusted | Outcome> {
  let verified: Verified | Refusal;
  try {
    verified = await provider.verify(request);
  } catch (error) {
    return providerFailed(error, passage);
  }
  if (!verified.ok) return passage.outcome(verified.kind, { reason: verified.reason });
  const { secretIndex } = verified;
  const trusted = await trust(provider, request, { scope, secretIndex, source: "http" });
  if (!trusted.ok && trusted.kind === "handshake") return shakeHands(trusted, passage);
  if (!trusted.ok) return passage.outcome(trusted.kind, { reason: trusted.reason, secretIndex });
  return trusted;
}

/** A secret that cannot be had now may be there at the next attempt; anything else is a fault of the provider. */
export function providerFailed(error: unknown, passage: Passage): Outcome {
  const unavailable = isLatchhookError(error) && error.code === "secret-unavailable";
  return passage.outcome(unavailable ? "secret-unavailable" : "internal-error", { error });
}

/** Answers what a sender asks before it delivers. */
export function shakeHands({ reply }: Handshake, passage: Passage): Outcome {
  passage.replyWith(reply);
  return passage.outcome("handshake");
}

/** Tells a trusted delivery from an outcome. */
export function isTrusted(value: Trusted | Outcome): value is Trusted {
  return "event" in value;
}
