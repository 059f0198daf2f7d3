import { type HeaderSource, readHeader } from "../../headers.ts";
import { type JsonObject, objectMember } from "../../json.ts";
import { type Refusal, unauthentic } from "../../provider.ts";
import type { TimestampedHmacHeaders } from "../../signatures/timestamped-hmac.ts";

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

function familyOf(headers: HeaderSource): (typeof families)[number] {
  return readHeader(headers, families[1].signature) === undefined ? families[0] : families[1];
}

/** The names in use. The rename was a hard cutover: a request that carries both families was put together by someone. */
export function aiStatsHeaders(headers: HeaderSource): TimestampedHmacHeaders | Refusal {
  const used = familyOf(headers);
  const other = used === families[0] ? families[1] : families[0];
  for (const suffix of suffixes) {
    if (readHeader(headers, other[suffix]) !== undefined) return unauthentic("conflicting-headers");
  }
  return used;
}

/** The unsigned delivery key of the headers. It may only narrow an identity, never replace one. */
export function headerDeliveryKey(headers: HeaderSource): string | null {
  return readHeader(headers, familyOf(headers)["delivery-key"]) ?? null;
}

/** What makes one captured request: its signature in one spelling. */
export function signatureOf(headers: HeaderSource): string {
  const names = familyOf(headers);
  return `${readHeader(headers, names.timestamp)}.${readHeader(headers, names.signature)?.toLowerCase()}`;
}

/** Whether an unsigned metadata header says something else than the signed body. An absent one says nothing. */
export function contradictsBody(headers: HeaderSource, payload: JsonObject): boolean {
  const names = familyOf(headers);
  const delivery = objectMember(payload.delivery);
  const signed: readonly (readonly [string, unknown])[] = [
    [names["event-id"], payload.id],
    [names["event-type"], payload.type],
    [names["delivery-key"], delivery.key],
    [names.attempt, delivery.attempt],
    [names["max-attempts"], delivery.max_attempts],
  ];
  return signed.some(([name, value]) => {
    if (typeof value !== "string" && typeof value !== "number") return false;
    const header = readHeader(headers, name);
    return header !== undefined && header !== String(value);
  });
}
