import type { HeaderPairs } from "./kept-headers.ts";

/** What is kept of a request, so that its delivery can be read again as it was. */
export interface KeptRequest {
  /** Milliseconds since the epoch. */
  readonly receivedAt: number;
  readonly secretIndex: number | null;
  /** The signature's own key, where the delivery has one. */
  readonly replayKey: string | null;
  /** Those that the provider reads, and those that are kept to be seen. */
  readonly headers: HeaderPairs;
  /** The bytes that were verified. */
  readonly body: Uint8Array;
}

/** The bytes' form. One that changes gets another number. */
const form = 1;

/** Form, and the length of what follows it as JSON. */
const prefixBytes = 5;

/** One piece of bytes for a store: what is known of the body in JSON, then the body. */
export function packRequest({ body, ...facts }: KeptRequest): Uint8Array<ArrayBuffer> {
  const json = new TextEncoder().encode(JSON.stringify(facts));
  const packed = new Uint8Array(prefixBytes + json.byteLength + body.byteLength);
  const view = new DataView(packed.buffer);
  view.setUint8(0, form);
  view.setUint32(1, json.byteLength);
  packed.set(json, prefixBytes);
  packed.set(body, prefixBytes + json.byteLength);
  return packed;
}

/** The request that was packed; undefined where the bytes are of another form, or not whole. */
export function unpackRequest(packed: Uint8Array): KeptRequest | undefined {
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  if (packed.byteLength < prefixBytes || view.getUint8(0) !== form) return undefined;
  const bodyAt = prefixBytes + view.getUint32(1);
  if (bodyAt > packed.byteLength) return undefined;
  try {
    const facts = JSON.parse(new TextDecoder().decode(packed.subarray(prefixBytes, bodyAt))) as Omit<
      KeptRequest,
      "body"
    >;
    return { ...facts, body: packed.subarray(bodyAt) };
  } catch {
    return undefined;
  }
}
