import type { BodyLimits, BodyResult } from "@latchhook/core";
import type { HonoRequest } from "./hono-context.ts";

/**
 * The bytes of a body that earlier middleware has read through `c.req`, where what Hono keeps of it still determines
 * them.
 */
export async function readCachedBody(
  request: HonoRequest,
  { maxBytes }: BodyLimits,
  mend: string,
): Promise<BodyResult> {
  const { arrayBuffer, blob, text } = request.bodyCache;
  try {
    let bytes: Uint8Array | undefined;
    if (arrayBuffer !== undefined) bytes = new Uint8Array(await arrayBuffer);
    else if (blob !== undefined) bytes = new Uint8Array(await (await blob).arrayBuffer());
    else if (text !== undefined) bytes = bytesOfText(await text, request.header("content-length"));
    if (bytes === undefined) return { ok: false, reason: "consumed", mend };
    return bytes.byteLength > maxBytes ? { ok: false, reason: "too-large" } : { ok: true, bytes };
  } catch {
    return { ok: false, reason: "aborted" };
  }
}

/**
 * The bytes that `text` was decoded from, or undefined where they cannot be known. Decoding loses two things only: a
 * byte order mark, which the length tells, and what is not UTF-8, which leaves U+FFFD.
 */
function bytesOfText(text: string, contentLength: string | undefined): Uint8Array | undefined {
  const bytes = new TextEncoder().encode(text);
  const isExact = Number(contentLength) === bytes.byteLength && !text.includes("\uFFFD");
  return isExact ? bytes : undefined;
}
