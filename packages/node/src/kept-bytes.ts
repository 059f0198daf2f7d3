import type { NodeRequest } from "./node-request.ts";

/** The bytes that an earlier parser has left on the request, or undefined. */
export function keptBytes(request: NodeRequest): Uint8Array | undefined {
  return bytesAt(request, "rawBody") ?? bytesAt(request, "body");
}

function bytesAt(request: NodeRequest, name: "rawBody" | "body"): Uint8Array | undefined {
  try {
    const value = request[name];
    if (value instanceof Uint8Array) return value;
    // `instanceof` knows only the classes of its own realm, and test environments such as jsdom are another one.
    return ArrayBuffer.isView(value)
      ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
      : undefined;
  } catch {
    // Vercel parses at the first look at `body`, and throws at what is not JSON. The stream still has the bytes.
    // https://vercel.com/docs/functions/runtimes/node-js#node.js-request-and-response-objects
    return undefined;
  }
}
