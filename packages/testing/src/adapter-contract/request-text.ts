import { aiStatsPayload } from "../payloads/ai-stats-payload.ts";
import { signAiStats } from "../senders/ai-stats.ts";
import { unixSeconds } from "../signed-webhook.ts";
import { chunked, counted, headOf, type WireHeader, type WireRequest } from "../wire/wire-request.ts";

/** The secret that all requests of the contract are signed with. */
export const contractSecret = "whsec_adapter-contract-0123456789";

/** A request, before it is known where the server is. */
export type RawRequest = Omit<WireRequest, "path" | "host">;

/** One moment for all bodies: two of the same job are the same bytes, also across the turn of a second. */
const createdAt = unixSeconds();

/** The body of a delivery about the job `id`, padded to `bytes` where that is given. */
export function deliveryBody(id: string, bytes?: number): Uint8Array {
  // Not ASCII, so that a decoder in the way would show.
  const payload = aiStatsPayload({ jobId: id, createdAt, data: { model: "größe-✓", padding: "" } });
  const body = new TextEncoder().encode(JSON.stringify(payload));
  if (bytes === undefined) return body;
  const data = { ...payload.data, padding: "x".repeat(bytes - body.byteLength) };
  return new TextEncoder().encode(JSON.stringify({ ...payload, data }));
}

/** The headers that make `body` genuine: timestamp and signature. */
export function signatureHeaders(body: Uint8Array): readonly [WireHeader, WireHeader] {
  const { headers } = signAiStats({ secret: contractSecret, body, headerFamily: "phaseo", metadata: false });
  const [timestamp, signature] = ["x-phaseo-timestamp", "x-phaseo-signature"] as const;
  return [
    [timestamp, headers[timestamp] ?? ""],
    [signature, headers[signature] ?? ""],
  ];
}

/** A genuine delivery about the job `id`. */
export function genuine(id: string, changes: Partial<RawRequest> = {}): RawRequest {
  const body = changes.body ?? deliveryBody(id);
  return {
    method: "POST",
    headers: [["content-type", "application/json"], ...signatureHeaders(body)],
    ...changes,
    body,
  };
}

/** The request to the handler at `url`. */
function requestTo(url: string, request: RawRequest): WireRequest {
  const { host, pathname: path } = new URL(url);
  return { ...request, host, path };
}

/** Request line and headers, without anything that frames the body. */
export function headTo(url: string, request: RawRequest, framing?: readonly string[]): Buffer {
  return headOf(requestTo(url, request), framing);
}

/** The whole request, with its length declared. */
export function countedTo(url: string, request: RawRequest): Buffer {
  return counted(requestTo(url, request));
}

/** The whole request in chunks of at most `size` bytes. */
export function chunkedTo(url: string, request: RawRequest, size: number): Buffer {
  return chunked(requestTo(url, request), size);
}
