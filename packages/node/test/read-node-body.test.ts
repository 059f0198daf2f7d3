import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { connect as connectHttp2, createServer as createHttp2Server } from "node:http2";
import { type AddressInfo, connect } from "node:net";
import { PassThrough } from "node:stream";
import { runInNewContext } from "node:vm";
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
        const preparing = prepare(request);
        // An await alone would let bytes pass.
        if (preparing instanceof Promise) await preparing;
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
    ["kept as bytes of another realm", (request) => Object.assign(request, { rawBody: foreign() }), "far"],
    ["behind a lazy body that throws", (request) => Object.defineProperty(request, "body", lazy), "hello"],
    ["counted by somebody else", (request) => void request.on("data", () => {}), "hello"],
    ["resumed by somebody else", (request) => void request.resume(), "hello"],
    ["counted by somebody since an earlier turn", countSince, "consumed"],
    ["piped to a tee", (request) => void request.pipe(new PassThrough()), "hello"],
    ["piped to a tee that takes one byte", (request) => void request.pipe(new PassThrough(full)), "hello"],
    ["begun to be iterated", (request) => void request[Symbol.asyncIterator]().next(), "hello"],
    ["read by a parser that keeps it at the end", keepAtEnd, "hello"],
    ["of which somebody has read half", readHalf, "consumed"],
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

const full = { highWaterMark: 1 };
const foreign = (): Uint8Array => runInNewContext("Uint8Array.of(102, 97, 114)");
const lazy = {
  get() {
    throw new Error("Invalid JSON");
  },
};

function keepAtEnd(request: IncomingMessage): Promise<void> {
  const chunks: Uint8Array[] = [];
  request.on("data", (chunk) => chunks.push(chunk));
  request.on("end", () => Object.assign(request, { rawBody: Buffer.concat(chunks) }));
  return new Promise((resolve) => setTimeout(resolve, 30));
}

async function countSince(request: IncomingMessage): Promise<void> {
  request.on("data", () => {});
  await new Promise((resolve) => setTimeout(resolve, 20));
}

async function readHalf(request: IncomingMessage): Promise<void> {
  await once(request, "readable");
  request.read(2);
}

describe("a body that others listen to, in pieces", () => {
  const head = "POST / HTTP/1.1\r\nHost: a\r\n";
  const large = "x".repeat(300_000);

  it.each<[string, (request: IncomingMessage) => unknown]>([
    ["a listener", (request) => request.on("data", () => {})],
    ["a tee that nobody reads", (request) => request.pipe(new PassThrough())],
    [
      "a listener that comes while the options are made",
      (request) => setTimeout(() => request.on("data", () => {}), 5),
    ],
    ["nobody", () => {}],
  ])("%s takes nothing from it", async (_name, join) => {
    const result = new Promise<BodyResult>((resolve) => {
      void listen(async (request, response) => {
        join(request);
        const received = fromNodeRequest(request, "Mend it.");
        await new Promise((wait) => setTimeout(wait, 20));
        resolve(await received.readBody({ maxBytes: 400_000, timeoutMs: 3_000 }));
        response.end();
      }).then((listening) => {
        server = listening;
        const socket = connect({ host: "127.0.0.1", port: Number(new URL(listening.url).port) });
        socket.on("error", () => {});
        socket.write(`${head}Transfer-Encoding: chunked\r\n\r\n${large.length.toString(16)}\r\n${large}`);
        setTimeout(() => socket.write("\r\n1\r\ny\r\n0\r\n\r\n"), 60);
      });
    });
    expect(bytesOf(await result)).toBe(`${large}y`);
  });
});

describe("an HTTP/2 request", () => {
  it("is read with whoever listens as well", async () => {
    const results: BodyResult[] = [];
    const http2 = createHttp2Server(async (request, response) => {
      request.on("data", () => {});
      const received = fromNodeRequest(request as unknown as IncomingMessage, "Mend it.");
      results.push(await received.readBody({ maxBytes: 100_000, timeoutMs: 3_000 }));
      response.end();
    }).listen(0, "127.0.0.1");
    await once(http2, "listening");
    server = { url: "", close: async () => void http2.close() };
    const client = connectHttp2(`http://127.0.0.1:${(http2.address() as AddressInfo).port}`);
    const stream = client.request({ ":method": "POST", ":path": "/" });
    stream.end("z".repeat(80_000));
    stream.resume();
    await once(stream, "end");
    client.close();
    expect(results.map(bytesOf)).toEqual(["z".repeat(80_000)]);
  });
});

const kept = { rawBody: Buffer.from("kept") };
const parsed = { body: { hello: "world" } };
