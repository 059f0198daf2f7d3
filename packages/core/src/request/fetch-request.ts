import { type HeaderSource, readHeader } from "./headers.ts";
import { type ByteStream, discardStream, readStream } from "./read-stream.ts";
import type { BodyResult, WebhookRequest } from "./request.ts";

/** A Fetch request, read for the receiver. */
export interface FetchWebhookRequest extends WebhookRequest {
  /**
   * Takes what the sender still writes off the connection, within bounds, until nothing more comes; call it when the
   * answer is known. Undefined where the body has come to its end.
   */
  discardBody(): Promise<void> | undefined;
}

/** Reads a Fetch request for the receiver. */
export function fromFetchRequest(
  request: Request,
  waitUntil?: (work: Promise<unknown>) => void,
): FetchWebhookRequest {
  let ended: Promise<void> | undefined;
  let isAtEnd = false;
  return {
    method: request.method,
    url: request.url,
    headers: request.headers,
    async readBody(limits) {
      const stream = untouchedStream(request);
      if (stream === undefined) return consumed;
      if (stream === null) return { ok: true, bytes: new Uint8Array() };
      const { promise, resolve } = deferred();
      ended = promise;
      function end(): void {
        isAtEnd = true;
        resolve();
      }
      const body = await readStream(stream, limits, end, resolve);
      return isShort(body, request.headers) ? consumed : body;
    },
    discardBody() {
      if (isAtEnd) return undefined;
      if (ended !== undefined) return ended;
      const stream = untouchedStream(request);
      return stream ? discardStream(stream) : undefined;
    },
    waitUntil,
  };
}

const consumed: BodyResult = {
  ok: false,
  reason: "consumed",
  mend: "The request's body was read before latchhook saw it. Pass the request on untouched, or a clone() made before reading.",
};

/** The body's stream, null where there is no body, undefined where somebody has read it or it cannot be read. */
function untouchedStream(request: Request): ByteStream | null | undefined {
  const body: (ByteStream & { readonly locked?: boolean }) | null | undefined = request.body;
  if (body === null) return null;
  if (body === undefined || request.bodyUsed || body.locked) return undefined;
  return "getReader" in body || Symbol.asyncIterator in body ? body : undefined;
}

/** Whether bytes that were declared are missing at the end: a server checks that they came, so they went elsewhere. */
function isShort(body: BodyResult, headers: HeaderSource): boolean {
  return body.ok && body.bytes.byteLength < Number(readHeader(headers, "content-length") ?? 0);
}

function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = (): void => {};
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
