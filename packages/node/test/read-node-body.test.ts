import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { connect } from "node:net";
import type { BodyResult } from "@latchhook/core";
import { fromNodeRequest } from "@latchhook/node";
import { type AdapterServer, listen } from "@latchhook/testing";
import { afterEach, describe, expect, it } from "vitest";

const limits = { maxBytes: 1_000, timeoutMs: 300 };
const listened = ["data", "end", "error", "close", "readable", "aborted"] as const;
const countListeners = (request: IncomingMessage) => listened.map((name) => request.listenerCount(name));

let server: AdapterServer;
afterEach(() => server.close());

/** Sends the text of a request, and tells how its body was read and which listeners that has left. */
async function read(text: string, prepare: (request: IncomingMessage) => unknown = () => {}) {
  const results: Promise<{ result: BodyResult; left: number[]; before: number[] }> = new Promise(
    (resolve) => {
      listen(async (request, response) => {
        await prepare(request);
        const before = countListeners(request);
        const result = await fromNodeRequest(request, "Mend it.").readBody(limits);
        resolve({ result, left: countListeners(request), before });
        response.end();
      }).then((listening) => {
        server = listening;
        const { hostname, port } = new URL(listening.url);
        const socket = connect({ host: hostname, port: Number(port) });
        socket.on("error", () => {});
        socket.write(`POST / HTTP/1.1\r\nHost: a\r\n${text}`);
        if (text.endsWith("GONE"))
          void once(socket, "ready").then(() => setTimeout(() => socket.destroy(), 50));
      });
    },
  );
  return results;
}

const bytesOf = (result: BodyResult) => (result.ok ? new TextDecoder().decode(result.bytes) : result.reason);

describe("the body of a node:http request", () => {
  it.each([
    ["that is counted", "Content-Length: 5\r\n\r\nhello", "hello"],
    ["that is chunked", "Transfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n", "hello"],
    ["that is empty", "Content-Length: 0\r\n\r\n", ""],
    ["that is absent", "\r\n", ""],
    ["of exactly the limit", `Content-Length: 1000\r\n\r\n${"x".repeat(1_000)}`, "x".repeat(1_000)],
    ["of a byte more", `Content-Length: 1001\r\n\r\n${"x".repeat(1_001)}`, "too-large"],
    ["that stops half-way", "Content-Length: 9\r\n\r\nhello", "timeout"],
    ["whose sender leaves", "Content-Length: 9\r\n\r\nGONE", "aborted"],
    ["in bad chunks", "Transfer-Encoding: chunked\r\n\r\n2\r\nhello", "aborted"],
  ])("%s is read, and no listener stays", async (_name, text, expected) => {
    const { result, left, before } = await read(text);
    expect(bytesOf(result)).toBe(expected);
    expect(left).toEqual(before);
  });

  const hello = "Content-Length: 5\r\n\r\nhello";

  it.each<[string, (request: IncomingMessage) => unknown, string]>([
    ["arrived whole before anybody looked", () => new Promise((resolve) => setTimeout(resolve, 50)), "hello"],
    ["kept as rawBody beside a parsed body", (request) => Object.assign(request, kept, parsed), "kept"],
    ["kept as body", (request) => Object.assign(request, { body: Buffer.from("raw") }), "raw"],
    [
      "kept, but over the limit",
      (request) => Object.assign(request, { body: Buffer.alloc(1_001) }),
      "too-large",
    ],
    [
      "given an object in its place, but not read",
      (request) => Object.assign(request, { body: {} }),
      "hello",
    ],
    ["kept as text only", (request) => Object.assign(request, { rawBody: "hello" }), "hello"],
    ["read to its end", (request) => once(request.resume(), "end"), "consumed"],
    ["decoded", (request) => request.setEncoding("utf8"), "consumed"],
  ])("%s", async (_name, prepare, expected) => {
    const { result } = await read(hello, prepare);
    expect(bytesOf(result)).toBe(expected);
    if (expected === "consumed") expect(result).toMatchObject({ mend: "Mend it." });
  });

  it("that is empty is known even when it was read before", async () => {
    const { result } = await read("Content-Length: 0\r\n\r\n", (request) => once(request.resume(), "end"));
    expect(bytesOf(result)).toBe("");
  });
});

const kept = { rawBody: Buffer.from("kept") };
const parsed = { body: { hello: "world" } };
