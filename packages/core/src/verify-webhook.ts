import type { WebhookEvent } from "./event.ts";
import type { Provider, Refusal, SignedRequest } from "./provider.ts";
import { identifyEvent } from "./reading/identify-event.ts";

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
 * @returns a refusal for whatever a sender can send; it never throws for that.
 * @throws LatchhookError `secret-unavailable` when a secret function fails.
 * @example
 * const result = await verifyWebhook(aiStats(), { headers: request.headers, body });
 * if (!result.ok) return new Response(null, { status: result.kind === "unauthentic" ? 401 : 400 });
 */
export async function verifyWebhook<Event extends WebhookEvent>(
  provider: Provider<Event>,
  request: SignedRequest,
): Promise<VerifiedWebhook<Event> | Refusal> {
  const signed = { ...request, receivedAt: request.receivedAt ?? Date.now() };
  const verified = await provider.verify(signed);
  if (!verified.ok) return verified;
  const reading = provider.read(signed);
  if (!reading.ok) return reading;
  const { event, keys } = await identifyEvent("", provider, reading);
  return { ok: true, event, key: keys[0], secretIndex: verified.secretIndex };
}
