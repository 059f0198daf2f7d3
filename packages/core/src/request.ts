import type { HeaderSource } from "./headers.ts";

/** A request as an adapter hands it to the receiver: nothing of it has been read yet. */
export interface WebhookRequest {
  readonly method: string;
  readonly headers: HeaderSource;
  /** Reads the body once, as bytes, within the limits. Problems are values; it never rejects. */
  readBody(limits: BodyLimits): Promise<BodyResult>;
  /** Keeps the runtime alive for work that goes on after the answer, where it would stop otherwise. */
  waitUntil?: ((work: Promise<unknown>) => void) | undefined;
}

export interface BodyLimits {
  /** Bytes. Reading stops at the first byte beyond. */
  readonly maxBytes: number;
  /** Milliseconds for the whole body. */
  readonly timeoutMs: number;
}

export type BodyResult =
  | { readonly ok: true; readonly bytes: Uint8Array }
  | { readonly ok: false; readonly reason: "too-large" | "timeout" | "aborted" }
  | {
      readonly ok: false;
      readonly reason: "consumed";
      /** What to change so that the bytes arrive whole, in the framework's own terms. */
      readonly mend: string;
    };

/** Reads a Fetch request for the receiver. */
export function fromFetchRequest(
  request: Request,
  waitUntil?: (work: Promise<unknown>) => void,
): WebhookRequest {
  return {
    method: request.method,
    headers: request.headers,
    readBody: (limits) => readFetchBody(request, limits),
    waitUntil,
  };
}

async function readFetchBody(request: Request, limits: BodyLimits): Promise<BodyResult> {
  if (request.bodyUsed) {
    return {
      ok: false,
      reason: "consumed",
      mend: "The request's body was read before latchhook saw it. Pass the request on untouched, or a clone() made before reading.",
    };
  }
  return request.body === null ? { ok: true, bytes: new Uint8Array() } : readStream(request.body, limits);
}

/** Reads a byte stream to its end, and cancels it at the limit, at the timeout or when it fails. */
export async function readStream(
  stream: ReadableStream<Uint8Array>,
  { maxBytes, timeoutMs }: BodyLimits,
): Promise<BodyResult> {
  const reader = stream.getReader();
  const chunks: Uint8Array[] = [];
  let length = 0;
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    // Cancelling lets the pending read() below return.
    reader.cancel().catch(() => {});
  }, timeoutMs);
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (timedOut) return { ok: false, reason: "timeout" };
      if (done) return { ok: true, bytes: joinChunks(chunks, length) };
      length += value.byteLength;
      if (length > maxBytes) {
        reader.cancel().catch(() => {});
        return { ok: false, reason: "too-large" };
      }
      chunks.push(value);
    }
  } catch {
    return { ok: false, reason: timedOut ? "timeout" : "aborted" };
  } finally {
    clearTimeout(timer);
  }
}

/** One array of all chunks; the chunk itself where there is only one. */
export function joinChunks(chunks: readonly Uint8Array[], length: number): Uint8Array {
  if (chunks.length === 1) return chunks[0] as Uint8Array;
  const bytes = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return bytes;
}
