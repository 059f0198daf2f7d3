/** The bytes of a body as they arrive. */
export interface ByteCollector {
  /** How many there are so far. */
  length(): number;
  add(chunk: Uint8Array): void;
  /** All of them; the chunk itself where there was only one. */
  bytes(): Uint8Array;
}

/**
 * Collects chunks in one array that grows. A list of them would cost some hundred times its bytes where a sender cuts a
 * body into single ones, which no signature is needed for.
 */
export function collectBytes(): ByteCollector {
  let held: Uint8Array = new Uint8Array();
  let length = 0;
  return {
    length: () => length,
    add(chunk) {
      const total = length + chunk.byteLength;
      if (length === 0) held = chunk;
      else {
        if (total > held.byteLength) held = enlarged(held, Math.max(total, held.byteLength * 2));
        held.set(chunk, length);
      }
      length = total;
    },
    bytes: () => (held.byteLength === length ? held : held.subarray(0, length)),
  };
}

function enlarged(bytes: Uint8Array, size: number): Uint8Array {
  const result = new Uint8Array(size);
  result.set(bytes);
  return result;
}
