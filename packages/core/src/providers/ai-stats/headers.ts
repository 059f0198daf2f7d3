import { type JsonObject, objectMember } from "../../reading/json.ts";
import { type HeaderSource, readHeader } from "../../request/headers.ts";

const suffixes = [
  "signature",
  "timestamp",
  "event-id",
  "event-type",
  "delivery-key",
  "attempt",
  "max-attempts",
] as const;

function family(prefix: string): Readonly<Record<(typeof suffixes)[number], string>> {
  return Object.fromEntries(suffixes.map((suffix) => [suffix, `${prefix}-${suffix}`])) as never;
}

const families = [family("x-ai-stats"), family("x-phaseo")] as const;

/** The header names in use: the documented ones, or those that came with the new name. */
export function aiStatsHeaders(headers: HeaderSource): (typeof families)[number] {
  return readHeader(headers, families[0].signature) === undefined ? families[1] : families[0];
}

/** Whether headers of both families are there. The rename was a hard cutover: no sender sends them together. */
export function mixesFamilies(headers: HeaderSource): boolean {
  const other = aiStatsHeaders(headers) === families[0] ? families[1] : families[0];
  return suffixes.some((suffix) => readHeader(headers, other[suffix]) !== undefined);
}

/** The unsigned delivery key of the headers. It may only narrow an identity, never replace one. */
export function headerDeliveryKey(headers: HeaderSource): string | null {
  return readHeader(headers, aiStatsHeaders(headers)["delivery-key"]) ?? null;
}

/** What makes one captured request: its signature in one spelling. Undefined of content that came without one. */
export function signatureOf(headers: HeaderSource): string | undefined {
  const names = aiStatsHeaders(headers);
  const signature = readHeader(headers, names.signature)?.toLowerCase();
  return signature === undefined ? undefined : `${readHeader(headers, names.timestamp)}.${signature}`;
}

/** What the metadata headers, which are not signed, must agree with. */
export function unsignedMetadata(
  headers: HeaderSource,
  payload: JsonObject,
): Readonly<Record<string, unknown>> {
  const names = aiStatsHeaders(headers);
  const delivery = objectMember(payload.delivery);
  return {
    [names["event-id"]]: payload.id,
    [names["event-type"]]: payload.type,
    [names["delivery-key"]]: delivery.key,
    [names.attempt]: delivery.attempt,
    [names["max-attempts"]]: delivery.max_attempts,
  };
}
