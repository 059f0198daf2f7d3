import { collectBytes } from "./collect-bytes.ts";
import type { BodyLimits, BodyResult } from "./request.ts";

/** What a body is read from: a web stream, or, with the Request of `node-fetch`, a stream of Node's. */
export type ByteStream = ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>;

/**
 * What a sender may go on to write after its body was refused, and for how long, before the stream is cancelled. Under
 * Node's Request every byte is copied once on its way here.
 */
const discard = { bytes: 10 * 1_048_576, ms: 2_000 };

/** After that long without a byte, in ms, a sender is waiting for its answer or gone, and nothing of it is lost. */
const quietMs = 500;

/**
 * Reads a byte stream to its end. Past the limit or the timeout it still reads on for a while and drops what comes:
 * where the stream is a Node request underneath, cancelling closes the connection at once, and a sender that is still
 * writing never sees the answer.
 *
 * @param onEnd called when the stream is at its end, or cancelled.
 * @param onQuiet called when nothing has come for a while after a refusal.
 */
export function readStream(
  stream: ByteStream,
  { maxBytes, timeoutMs, admit }: BodyLimits,
  onEnd: () => void = () => {},
  onQuiet: () => void = () => {},
): Promise<BodyResult> {
  const reader = readerOf(stream);
  return new Promise((resolve) => {
    let collected = collectBytes();
    let length = 0;
    let refused = false;
    let timer = setTimeout(() => refuse({ ok: false, reason: "timeout" }), timeoutMs);
    let quiet: ReturnType<typeof setTimeout> | undefined;

    function awaitQuiet(): void {
      clearTimeout(quiet);
      quiet = setTimeout(onQuiet, quietMs);
    }
    function stop(): void {
      reader.cancel();
      onEnd();
    }
    function refuse(result: BodyResult): void {
      refused = true;
      collected = collectBytes();
      clearTimeout(timer);
      timer = setTimeout(stop, discard.ms);
      awaitQuiet();
      resolve(result);
    }
    function take(value: unknown): void {
      const chunk = toBytes(value);
      length += chunk?.byteLength ?? 0;
      if (refused && length > maxBytes + discard.bytes) stop();
      if (refused) awaitQuiet();
      else if (chunk === undefined) refuse(textual);
      else if (length > maxBytes) refuse({ ok: false, reason: "too-large" });
      else if (admit?.(length) === false) refuse({ ok: false, reason: "overloaded" });
      else collected.add(chunk);
    }
    async function pump(): Promise<void> {
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        take(value);
      }
    }
    pump()
      .then(
        () => refused || resolve({ ok: true, bytes: collected.bytes() }),
        () => resolve({ ok: false, reason: "aborted" }),
      )
      .finally(() => {
        clearTimeout(timer);
        clearTimeout(quiet);
        onEnd();
      });
  });
}

/** Takes the rest of a stream off the connection and drops it, within the same bounds, or until nothing more comes. */
export async function discardStream(stream: ByteStream): Promise<void> {
  await new Promise<void>((resolve) => {
    void readStream(stream, { maxBytes: 0, timeoutMs: 0 }, resolve, resolve);
  });
}

const textual: BodyResult = {
  ok: false,
  reason: "consumed",
  mend: "The request's body came as text, and its bytes cannot be known. Make the request of the bytes that were received.",
};

/** The bytes of a chunk, also where their class is that of another realm, such as jsdom's. Text has none. */
function toBytes(value: unknown): Uint8Array | undefined {
  if (value instanceof Uint8Array) return value;
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  return undefined;
}

interface ByteReader {
  read(): Promise<{ readonly done?: boolean | undefined; readonly value?: unknown }>;
  cancel(): void;
}

function readerOf(stream: ByteStream): ByteReader {
  if ("getReader" in stream) {
    const reader = stream.getReader();
    return { read: () => reader.read(), cancel: () => void reader.cancel().catch(() => {}) };
  }
  const iterator = stream[Symbol.asyncIterator]();
  return { read: () => iterator.next(), cancel: () => void iterator.return?.()?.catch(() => {}) };
}
