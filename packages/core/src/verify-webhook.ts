import type { WebhookEvent } from "./event.ts";
import type { Handshake, Provider, Refusal, SignedRequest } from "./provider.ts";
import { trust } from "./reading/trust.ts";

/** An authentic, fresh and readable request, as its event. */
export interface VerifiedWebhook<Event extends WebhookEvent> {
  readonly ok: true;
  readonly event: Event;
  /** The dedupe key of the delivery: 64 lower-case hex digits. Without a store, recognising repeats is up to you. */
  readonly key: string;
  /** Which of the configured secrets matched, counted from 0. */
  readonly secretIndex: number;
}

/**
 * Only the check: authenticity, freshness, and the event that the signed content describes. It remembers nothing, so
 * a repeated delivery verifies again.
 *
 * @returns a refusal for whatever a sender can send; it never throws for that. A handshake, which a few senders begin
 * with, where the request is no delivery but a question: answer with its `reply`.
 * @throws LatchhookError `secret-unavailable` when a secret function fails.
 * @example
 * const result = await verifyWebhook(aiStats(), { headers: request.headers, body });
 * if (!result.ok) return new Response(null, { status: result.kind === "unauthentic" ? 401 : 400 });
 */
export async function verifyWebhook<Event extends WebhookEvent, Asks extends Handshake = never>(
  provider: Provider<Event, Asks>,
  request: SignedRequest,
): Promise<VerifiedWebhook<Event> | Refusal | Asks> {
  const signed = { ...request, receivedAt: request.receivedAt ?? Date.now() };
  const verified = await provider.verify(signed);
  if (!verified.ok) return verified;
  const { secretIndex } = verified;
  const trusted = await trust(provider, signed, { scope: "", secretIndex, source: "http" });
  if (!trusted.ok) return trusted as Refusal | Asks;
  return { ok: true, event: trusted.event, key: trusted.key, secretIndex };
}
