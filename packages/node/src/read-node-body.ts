import { type BodyLimits, type BodyResult, collectBytes } from "@latchhook/core";
import { nextTurn } from "./next-turn.ts";
import type { NodeRequest } from "./node-request.ts";

/** Reads the body of a `node:http` request once, as bytes. Problems are values; it never rejects. */
export async function readNodeBody(
  request: NodeRequest,
  limits: BodyLimits,
  mend: string,
): Promise<BodyResult> {
  const kept = keptBytes(request);
  if (kept !== undefined) return kept.byteLength > limits.maxBytes ? tooLarge : { ok: true, bytes: kept };
  // Decoded chunks are text, and its bytes cannot be known: "\uFFFD" may have been anything.
  if (request.readableDidRead || request.readableEncoding !== null) {
    return { ok: false, reason: "consumed", mend };
  }
  // Ended without a byte read: a parser that ran before found nothing either.
  if (request.readableEnded) return { ok: true, bytes: new Uint8Array() };
  if (!request.complete) await nextTurn();
  if (request.destroyed) return aborted;
  return readBuffered(request, limits) ?? readChunks(request, limits);
}

const tooLarge: BodyResult = { ok: false, reason: "too-large" };
const aborted: BodyResult = { ok: false, reason: "aborted" };

function keptBytes({ rawBody, body }: NodeRequest): Uint8Array | undefined {
  if (rawBody instanceof Uint8Array) return rawBody;
  return body instanceof Uint8Array ? body : undefined;
}

/** The whole body at once, where it came along with its headers, as most do. It needs no listeners and no timer. */
function readBuffered(request: NodeRequest, { maxBytes }: BodyLimits): BodyResult | undefined {
  const length = request.readableLength;
  const isWhole =
    length > 0 &&
    length <= maxBytes &&
    request.complete &&
    request.readableFlowing === null &&
    Number(request.headers["content-length"]) === length;
  if (!isWhole) return undefined;
  const bytes: unknown = request.read();
  return bytes instanceof Uint8Array && bytes.byteLength === length ? { ok: true, bytes } : aborted;
}

function readChunks(request: NodeRequest, { maxBytes, timeoutMs }: BodyLimits): Promise<BodyResult> {
  return new Promise((resolve) => {
    const collected = collectBytes();

    function settle(result: BodyResult): void {
      clearTimeout(timer);
      request.off("data", take).off("end", end).off("error", abort).off("close", abort);
      // What still comes waits in the socket until the answer has been written; see `sendAnswer`.
      if (!result.ok) request.pause();
      resolve(result);
    }
    function take(chunk: Uint8Array): void {
      if (collected.length() + chunk.byteLength > maxBytes) settle(tooLarge);
      else collected.add(chunk);
    }
    function end(): void {
      settle({ ok: true, bytes: collected.bytes() });
    }
    function abort(): void {
      settle(aborted);
    }

    const timer = setTimeout(() => settle({ ok: false, reason: "timeout" }), timeoutMs);
    request.on("data", take).on("end", end).on("error", abort).on("close", abort);
    // A listener does not restart a stream that somebody has paused.
    if (request.isPaused()) request.resume();
  });
}
