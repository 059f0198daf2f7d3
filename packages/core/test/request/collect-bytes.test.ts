import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { collectBytes } from "@latchhook/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

describe("collectBytes", () => {
  it("gives nothing as no bytes, and one chunk as it is, whatever empty ones came along", () => {
    const collected = collectBytes();
    expect(collected.bytes()).toEqual(new Uint8Array());
    collected.add(new Uint8Array());
    const chunk = Uint8Array.of(1, 2);
    collected.add(chunk);
    collected.add(new Uint8Array());
    expect(collected.bytes()).toBe(chunk);
  });

  it("gives the bytes of all chunks in their order, and counts them, however they were cut", () => {
    const sizes = fc.array(fc.oneof(fc.nat(3), fc.nat(2_000), fc.nat(200_000)), { maxLength: 20 });
    const property = fc.property(sizes, (lengths) => {
      const collected = collectBytes();
      const chunks = lengths.map((length, index) => new Uint8Array(length).fill(index + 1));
      let length = 0;
      for (const chunk of chunks) {
        collected.add(chunk);
        length += chunk.byteLength;
        expect(collected.length()).toBe(length);
      }
      expect(Buffer.concat(chunks).equals(collected.bytes())).toBe(true);
    });
    fc.assert(property, { numRuns: 100 });
  });

  it("holds the bytes of a body that was cut small, not its chunks: half a million would be 200 MB", () => {
    const collected = collectBytes();
    const expected: number[] = [];
    for (let value = 0; value < 1_000; value++) {
      const chunk = Uint8Array.of(value % 256).subarray(0, value % 3 === 0 ? 0 : 1);
      collected.add(chunk);
      expected.push(...chunk);
      if (value > 1) chunk.fill(0);
    }
    expect(collected.length()).toBe(expected.length);
    expect(collected.bytes()).toEqual(Uint8Array.from(expected));
  });

  it("holds no more than is counted: 64 KiB at the most beyond it, while a body is on its way", async () => {
    const count = 32;
    // Bodies as Node.js cuts them: the first chunk had the headers before it.
    const lengths = [65_300, ...Array<number>(15).fill(65_536)];
    const before = await arrayBufferBytes();
    const bodies = Array.from({ length: count }, () => collectBytes());
    for (const length of lengths) for (const body of bodies) body.add(new Uint8Array(length));
    const held = (await arrayBufferBytes()) - before;
    const counted = bodies.reduce((sum, body) => sum + body.length(), 0);
    expect(held).toBeLessThan(counted + count * 65_536);
  });
});

/** The bytes of all array buffers that something still refers to: counted when no collection finds less. */
async function arrayBufferBytes(): Promise<number> {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  let least = Number.POSITIVE_INFINITY;
  // V8 sweeps beside us, and counts what it has swept at the next collection.
  for (let round = 0; round < 10; round++) {
    collect();
    await new Promise((resolve) => setTimeout(resolve, 20));
    least = Math.min(least, process.memoryUsage().arrayBuffers);
  }
  return least;
}
