/** For adapters: a stream that has `bytes` at once and ends after `until`. */
export function heldOpen(bytes: Uint8Array, until: Promise<void>): ReadableStream<Uint8Array> {
  return new ReadableStream({
    async start(controller) {
      controller.enqueue(bytes);
      await until;
      controller.close();
    },
  });
}
