import { aiStatsPayload } from "../payloads/ai-stats-payload.ts";
import { signAiStats } from "../sign-ai-stats.ts";

/** The secret that all requests of the contract are signed with. */
export const contractSecret = "whsec_adapter-contract-0123456789";

export type RawHeader = readonly [name: string, value: string];

/** A request, before it is put on the wire. */
export interface RawRequest {
  readonly method: string;
  /** In order, and as often as they are listed. */
  readonly headers: readonly RawHeader[];
  readonly body: Uint8Array;
}

/** The body of a delivery about the job `id`, padded to `bytes` where that is given. */
export function deliveryBody(id: string, bytes?: number): Uint8Array {
  // Not ASCII, so that a decoder in the way would show.
  const payload = aiStatsPayload({ jobId: id, data: { model: "größe-✓", padding: "" } });
  const body = new TextEncoder().encode(JSON.stringify(payload));
  if (bytes === undefined) return body;
  const data = { ...payload.data, padding: "x".repeat(bytes - body.byteLength) };
  return new TextEncoder().encode(JSON.stringify({ ...payload, data }));
}

/** The headers that make `body` genuine: timestamp and signature. */
export function signatureHeaders(body: Uint8Array): readonly [RawHeader, RawHeader] {
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

/** Request line and headers, without anything that frames the body. */
export function head(url: string, { method, headers }: RawRequest, framing: readonly string[] = []): string {
  const { host, pathname } = new URL(url);
  const fields = headers.map(([name, value]) => `${name}: ${value}`);
  return [`${method} ${pathname} HTTP/1.1`, `Host: ${host}`, ...fields, ...framing, "", ""].join("\r\n");
}

/** The whole request, with its length declared. */
export function counted(url: string, request: RawRequest): Buffer {
  const length = `Content-Length: ${request.body.byteLength}`;
  return Buffer.concat([Buffer.from(head(url, request, [length]), "latin1"), request.body]);
}

/** The whole request in chunks of at most `size` bytes. */
export function chunked(url: string, request: RawRequest, size: number): Buffer {
  const parts: Uint8Array[] = [Buffer.from(head(url, request, ["Transfer-Encoding: chunked"]), "latin1")];
  for (let start = 0; start < request.body.byteLength; start += size) {
    parts.push(chunk(request.body.subarray(start, start + size)));
  }
  return Buffer.concat([...parts, Buffer.from("0\r\n\r\n")]);
}

export function chunk(bytes: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(`${bytes.byteLength.toString(16)}\r\n`), bytes, Buffer.from("\r\n")]);
}
