import type { Passage } from "../delivery/passage.ts";
import type { Outcome } from "../outcome.ts";
import type { Provider } from "../provider.ts";
import { hasContentCoding } from "../request/content-coding.ts";
import { readHeader } from "../request/headers.ts";
import type { BodyResult, WebhookRequest } from "../request/request.ts";

/** What the request line and the headers alone rule out, before a byte of the body is read. */
export function refuseByHeaders(
  { method, url, parameters, headers }: WebhookRequest,
  { receivedAt, outcome }: Passage,
  provider: Pick<Provider, "precheck">,
  maxBodyBytes: number,
): Outcome | undefined {
  if (method !== "POST") return outcome("method-not-allowed");
  // Only the bytes of the wire are signed; what they decompress to cannot be verified.
  if (hasContentCoding(headers)) return outcome("unsupported-encoding");
  if (Number(readHeader(headers, "content-length")) > maxBodyBytes) return outcome("body-too-large");
  const refusal = provider.precheck({ method, url, parameters, headers, receivedAt });
  return refusal === undefined ? undefined : outcome(refusal.kind, { reason: refusal.reason });
}

/** Why a body could not be read. */
export function refuseBody(body: BodyResult & { readonly ok: false }, { outcome }: Passage): Outcome {
  if (body.reason === "consumed") return outcome("body-consumed", { mend: body.mend });
  return outcome(body.reason === "overloaded" ? "overloaded" : `body-${body.reason}`);
}
