import { collectBytes } from "./collect-bytes.ts";
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
  if (request.bodyUsed || request.body?.locked) {
    return {
      ok: false,
      reason: "consumed",
      mend: "The request's body was read before latchhook saw it. Pass the request on untouched, or a clone() made before reading.",
    };
  }
  return request.body === null ? { ok: true, bytes: new Uint8Array() } : readStream(request.body, limits);
}

/** What a sender may go on to write after its body was refused, and for how long, before the stream is cancelled. */
const discard = { bytes: 16 * 1_048_576, ms: 2_000 };

/**
 * Reads a byte stream to its end. Past the limit or the timeout it still reads on for a while and drops what comes:
 * where the stream is a Node request underneath, cancelling closes the connection at once, and a sender that is still
 * writing never sees the answer.
 */
export function readStream(
  stream: ReadableStream<Uint8Array>,
  { maxBytes, timeoutMs }: BodyLimits,
): Promise<BodyResult> {
  const reader = stream.getReader();
  return new Promise((resolve) => {
    let collected = collectBytes();
    let length = 0;
    let refused = false;
    let timer = setTimeout(() => refuse("timeout"), timeoutMs);

    function cancel(): void {
      reader.cancel().catch(() => {});
    }
    function refuse(reason: "too-large" | "timeout"): void {
      refused = true;
      collected = collectBytes();
      clearTimeout(timer);
      timer = setTimeout(cancel, discard.ms);
      resolve({ ok: false, reason });
    }
    async function pump(): Promise<void> {
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        length += value.byteLength;
        if (!refused && length > maxBytes) refuse("too-large");
        if (!refused) collected.add(value);
        else if (length > maxBytes + discard.bytes) cancel();
      }
    }
    pump()
      .then(
        () => refused || resolve({ ok: true, bytes: collected.bytes() }),
        () => resolve({ ok: false, reason: "aborted" }),
      )
      .finally(() => clearTimeout(timer));
  });
}
