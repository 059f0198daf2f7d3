import type { Outcome } from "../outcome.ts";
import type { Provider } from "../provider.ts";
import { readHeader } from "../request/headers.ts";
import type { BodyResult, WebhookRequest } from "../request/request.ts";
import type { Passage } from "./passage.ts";

/** What the request line and the headers alone rule out, before a byte of the body is read. */
export function refuseByHeaders(
  { method, headers }: WebhookRequest,
  { receivedAt, outcome }: Passage,
  provider: Provider,
  maxBodyBytes: number,
): Outcome | undefined {
  if (method !== "POST") return outcome("method-not-allowed");
  // Only the bytes of the wire are signed; what they decompress to cannot be verified.
  const encoding = readHeader(headers, "content-encoding")?.trim().toLowerCase() ?? "";
  if (encoding !== "" && encoding !== "identity") return outcome("unsupported-encoding");
  if (Number(readHeader(headers, "content-length")) > maxBodyBytes) return outcome("body-too-large");
  const refusal = provider.precheck({ headers, receivedAt });
  return refusal === undefined ? undefined : outcome(refusal.kind, { reason: refusal.reason });
}

/** Why a body could not be read. */
export function refuseBody(body: BodyResult & { readonly ok: false }, { outcome }: Passage): Outcome {
  return body.reason === "consumed"
    ? outcome("body-consumed", { mend: body.mend })
    : outcome(`body-${body.reason}`);
}
