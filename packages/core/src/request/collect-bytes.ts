/** The bytes of a body as they arrive. */
export interface ByteCollector {
  /** How many there are so far. */
  length(): number;
  add(chunk: Uint8Array): void;
  /** All of them; the chunk itself where there was only one. */
  bytes(): Uint8Array;
}

/** What a body may hold beyond its own bytes, at the most: the room in the block that is being filled. */
const largestBlock = 65_536;

/**
 * Collects chunks in blocks, each as large as all before it, up to 64 KiB. A list of the chunks would cost some hundred
 * times its bytes where a sender cuts a body into single ones, and one array that grows twice as much as is counted: no
 * signature is needed for either.
 */
export function collectBytes(): ByteCollector {
  const blocks: Uint8Array[] = [];
  let room = new Uint8Array();
  let length = 0;

  function startBlock(bytes: Uint8Array): void {
    const block = new Uint8Array(Math.max(bytes.byteLength, Math.min(length, largestBlock)));
    block.set(bytes);
    room = block.subarray(bytes.byteLength);
    blocks.push(block);
  }

  return {
    length: () => length,
    add(chunk) {
      const isFirst = length === 0;
      length += chunk.byteLength;
      // Most bodies are one chunk, which is kept as it is.
      if (isFirst) {
        blocks[0] = chunk;
        return;
      }
      const fitting = chunk.subarray(0, room.byteLength);
      room.set(fitting);
      room = room.subarray(fitting.byteLength);
      if (fitting.byteLength < chunk.byteLength) startBlock(chunk.subarray(fitting.byteLength));
    },
    bytes() {
      const [first = new Uint8Array()] = blocks;
      return first.byteLength === length ? first : joined(blocks, length);
    },
  };
}

/** The first `length` bytes of the blocks: only the last has room left. */
function joined(blocks: readonly Uint8Array[], length: number): Uint8Array {
  const result = new Uint8Array(length);
  let at = 0;
  for (const block of blocks) {
    result.set(block.subarray(0, length - at), at);
    at += block.byteLength;
  }
  return result;
}
