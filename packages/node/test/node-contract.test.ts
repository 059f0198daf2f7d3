import type { IncomingMessage } from "node:http";
import { buffer } from "node:stream/consumers";
import { createReceiver } from "@latchhook/core";
import { fromNodeRequest, sendAnswer } from "@latchhook/node";
import { adapterContract, type Earlier, listen } from "@latchhook/testing";
import { describe, it } from "vitest";

async function read(request: IncomingMessage, earlier: Earlier): Promise<void> {
  if (earlier !== "parsed" && earlier !== "kept") return;
  const bytes = await buffer(request);
  Object.assign(request, earlier === "kept" ? { rawBody: bytes } : { body: JSON.parse(bytes.toString()) });
}

describe("node:http keeps the adapter contract", () => {
  const cases = adapterContract({
    serve(options, earlier) {
      const receiver = createReceiver(options);
      return listen(async (request, response) => {
        await read(request, earlier);
        const answer = await receiver.receive(fromNodeRequest(request, "Do not read the body before."));
        await sendAnswer(response, answer);
      }, earlier);
    },
  });
  for (const { name, run } of cases) it(name, run);
});
