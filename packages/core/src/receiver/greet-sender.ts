import type { Passage } from "../delivery/passage.ts";
import type { WebhookEvent } from "../event.ts";
import type { Outcome } from "../outcome.ts";
import type { Handshake, Provider, Refusal } from "../provider.ts";
import type { WebhookRequest } from "../request/request.ts";
import { providerFailed, shakeHands } from "./verify-request.ts";

/** What a provider makes of a request that is no POST: a handshake, or nothing that belongs here. */
export async function greetSender(
  provider: Provider<WebhookEvent, Handshake>,
  { method, url, parameters, headers }: WebhookRequest,
  passage: Passage,
): Promise<Outcome> {
  const { receivedAt } = passage;
  let greeting: Handshake | Refusal | undefined;
  try {
    greeting = await provider.greet?.({ method, url, parameters, headers, receivedAt });
  } catch (error) {
    return providerFailed(error, passage);
  }
  if (greeting === undefined) return passage.outcome("method-not-allowed");
  if (greeting.kind === "handshake") return shakeHands(greeting, passage);
  return passage.outcome(greeting.kind, { reason: greeting.reason });
}
