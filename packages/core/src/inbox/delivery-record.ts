import type { Trusted } from "../reading/trust.ts";
import type { Endpoint } from "./endpoint.ts";
import type { DeliveryRecord } from "./inbox-store.ts";
import { keepHeaders } from "./kept-headers.ts";
import { storedText } from "./stored-text.ts";

/**
 * What is kept of a delivery at one of its attempts.
 *
 * @param lastAttempt whether the sender will not try again.
 */
export function toDeliveryRecord(
  trusted: Trusted,
  lastAttempt: boolean,
  { provider, scope, settings }: Endpoint,
): DeliveryRecord {
  const { event, key, maxAttempts, secretIndex, body, receivedAt } = trusted;
  return {
    key,
    scope,
    provider: provider.name,
    eventId: storedText(event.id),
    type: storedText(event.type),
    jobId: event.job === null ? null : storedText(event.job.id),
    jobStatus: event.job?.status ?? null,
    known: event.known,
    secretIndex,
    maxAttempts,
    deadAt: lastAttempt ? receivedAt : receivedAt + provider.policy.retryHorizonMs,
    bodyBytes: body.byteLength,
    headers: settings.headers.length === 0 ? null : headersJson(trusted, settings.headers),
  };
}

function headersJson({ headers }: Trusted, names: readonly string[]): string | null {
  const kept = keepHeaders(headers, names);
  return kept.length === 0 ? null : JSON.stringify(kept.map(([name, value]) => [name, storedText(value)]));
}
