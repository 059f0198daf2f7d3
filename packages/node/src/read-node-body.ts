import { type BodyLimits, type BodyResult, collectBytes } from "@latchhook/core";
import { hasListeners } from "./has-listeners.ts";
import { keptBytes } from "./kept-bytes.ts";
import { nextTurn } from "./next-turn.ts";
import type { NodeRequest } from "./node-request.ts";

/** Reads the body of a `node:http` request once, as bytes. Problems are values; it never rejects. */
export async function readNodeBody(
  request: NodeRequest,
  limits: BodyLimits,
  mend: string,
): Promise<BodyResult> {
  const known = keptBody(request, limits) ?? emptyBody(request);
  if (known !== undefined) return known;
  // Where somebody listens already, the bytes may flow in this very turn.
  if (request.complete === false && !isTaken(request) && !hasListeners(request)) await nextTurn();
  if (isTaken(request)) return readAfterwards(request, limits, mend);
  if (request.destroyed) return aborted;
  return readBuffered(request, limits, mend) ?? readChunks(request, limits, mend);
}

const tooLarge: BodyResult = { ok: false, reason: "too-large" };
const overloaded: BodyResult = { ok: false, reason: "overloaded" };
const aborted: BodyResult = { ok: false, reason: "aborted" };

function keptBody(request: NodeRequest, { maxBytes }: BodyLimits): BodyResult | undefined {
  const bytes = keptBytes(request);
  if (bytes === undefined) return undefined;
  return bytes.byteLength > maxBytes ? tooLarge : { ok: true, bytes };
}

/** Ended without a byte read: a parser that ran before found nothing either. */
function emptyBody(request: NodeRequest): BodyResult | undefined {
  const isEmpty = request.readableEnded && !isTaken(request);
  return isEmpty ? { ok: true, bytes: new Uint8Array() } : undefined;
}

/**
 * Whether bytes have gone elsewhere, or will come as text. Text is not enough: "\uFFFD" may have been anything.
 */
function isTaken(request: NodeRequest): boolean {
  return request.readableDidRead || request.readableEncoding !== null;
}

/** False for what only looks like a request, such as that of `node-mocks-http`. */
function isStream(request: NodeRequest): boolean {
  return request.readableFlowing !== undefined;
}

/** Whoever took the bytes may keep them in the end: a parser that is still reading sets `rawBody` when it is through. */
async function readAfterwards(request: NodeRequest, limits: BodyLimits, mend: string): Promise<BodyResult> {
  if (isBeingRead(request)) await ended(request, limits.timeoutMs);
  return keptBody(request, limits) ?? { ok: false, reason: "consumed", mend };
}

function isBeingRead(request: NodeRequest): boolean {
  if (!isStream(request) || request.readableEnded || request.destroyed) return false;
  return hasListeners(request);
}

function ended(request: NodeRequest, timeoutMs: number): Promise<void> {
  return new Promise((resolve) => {
    function settle(): void {
      clearTimeout(timer);
      request.off("end", settle).off("error", settle).off("close", settle);
      resolve();
    }
    const timer = setTimeout(settle, timeoutMs);
    request.on("end", settle).on("error", settle).on("close", settle);
    // It stands still since `holdBody`.
    request.resume();
  });
}

/** The whole body at once, where it came along with its headers, as most do. It needs no listeners and no timer. */
function readBuffered(
  request: NodeRequest,
  { maxBytes, admit }: BodyLimits,
  mend: string,
): BodyResult | undefined {
  const length = request.readableLength;
  const isWhole =
    length > 0 &&
    length <= maxBytes &&
    request.complete &&
    !hasListeners(request) &&
    Number(request.headers["content-length"]) === length;
  if (!isWhole) return undefined;
  if (admit?.(length) === false) return overloaded;
  const bytes: unknown = request.read();
  const isAll = bytes instanceof Uint8Array && bytes.byteLength === length;
  return isAll ? { ok: true, bytes } : { ok: false, reason: "consumed", mend };
}

function readChunks(
  request: NodeRequest,
  { maxBytes, timeoutMs, admit }: BodyLimits,
  mend: string,
): Promise<BodyResult> {
  return new Promise((resolve) => {
    const collected = collectBytes();
    let isReading = true;

    function settle(result: BodyResult): void {
      isReading = false;
      clearTimeout(timer);
      request.off("data", take).off("end", end).off("error", abort).off("close", abort);
      request.off("pause", goOn).off("readable", readOn);
      // What still comes waits in the socket until the answer has been written; see `sendAnswer`.
      if (!result.ok) request.pause();
      resolve(result);
    }
    function take(chunk: Uint8Array | string): void {
      if (typeof chunk === "string") settle({ ok: false, reason: "consumed", mend });
      else if (collected.length() + chunk.byteLength > maxBytes) settle(tooLarge);
      else if (admit?.(collected.length() + chunk.byteLength) === false) settle(overloaded);
      else collected.add(chunk);
    }
    function end(): void {
      // `node:http` has counted them, so those that are missing went elsewhere.
      const isShort = collected.length() < Number(request.headers["content-length"] ?? 0);
      settle(isShort ? { ok: false, reason: "consumed", mend } : { ok: true, bytes: collected.bytes() });
    }
    function abort(): void {
      settle(aborted);
    }
    // Whoever listens as well, such as a pipe into what nobody reads, cannot hold up the delivery.
    function goOn(): void {
      queueMicrotask(() => isReading && request.resume());
    }
    // Where somebody iterates, the stream does not flow: what is not taken in this turn is read here.
    function readOn(): void {
      void nextTurn().then(() => {
        while (isReading && request.read() !== null);
      });
    }

    const timer = setTimeout(() => settle({ ok: false, reason: "timeout" }), timeoutMs);
    request.on("data", take).on("end", end).on("error", abort).on("close", abort).on("pause", goOn);
    // It stands still since `holdBody`.
    request.resume();
    if (request.listenerCount("readable") === 0) return;
    request.on("readable", readOn);
    readOn();
  });
}
