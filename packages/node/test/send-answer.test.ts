import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { sendAnswer } from "@latchhook/node";
import { type AdapterServer, listen } from "@latchhook/testing";
import { afterEach, describe, expect, it } from "vitest";

const answer = {
  status: 413,
  headers: { "content-type": "application/json" },
  body: '{"error":"too large"}',
};

let server: AdapterServer | undefined;
afterEach(() => server?.close());

/** A server that answers every request at once and reads none. */
async function dial(): Promise<Socket> {
  server = await listen((_request, response) => sendAnswer(response, answer));
  const { hostname, port } = new URL(server.url);
  const socket = connect({ host: hostname, port: Number(port) });
  socket.on("error", () => {});
  await once(socket, "connect");
  return socket;
}

describe("an answer to a sender that is still writing", () => {
  it("comes at once and ends the connection, after two seconds for one that never stops", async () => {
    const socket = await dial();
    const start = performance.now();
    socket.write("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n");
    const trickle = setInterval(() => socket.write("x"), 50);
    const [first] = await once(socket, "data");
    const answeredMs = performance.now() - start;
    socket.resume();
    await once(socket, "close");
    const closedMs = performance.now() - start;
    clearInterval(trickle);
    expect(String(first)).toMatch(
      /^HTTP\/1\.1 413 .*\r\nconnection: close\r\n.*\r\n\r\n\{"error":"too large"\}$/is,
    );
    expect(answeredMs).toBeLessThan(1_000);
    expect(closedMs).toBeGreaterThan(1_500);
    expect(closedMs).toBeLessThan(6_000);
  });

  it("ends the connection after 16 MiB", async () => {
    const socket = await dial();
    const start = performance.now();
    socket.resume();
    socket.write("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000000\r\n\r\n");
    const piece = new Uint8Array(1_048_576);
    let sent = 0;
    while (!socket.destroyed && sent < 200) {
      sent += 1;
      await new Promise((resolve) => socket.write(piece, resolve));
    }
    expect(sent).toBeGreaterThan(16);
    expect(sent).toBeLessThan(64);
    expect(performance.now() - start).toBeLessThan(1_900);
  });
});

describe("an answer to a request that is complete", () => {
  it("leaves the connection open", async () => {
    const socket = await dial();
    const request = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello";
    for (let round = 0; round < 2; round += 1) {
      socket.write(request);
      const [received] = await once(socket, "data");
      expect(String(received)).toMatch(/^HTTP\/1\.1 413 .*connection: keep-alive/is);
    }
    socket.end();
  });

  it("is not sent where something else has answered, or nobody listens any more", async () => {
    const outcomes: unknown[] = [];
    server = await listen(async (_request, response) => {
      response.end("mine");
      outcomes.push(await sendAnswer(response, answer));
      response.destroy();
      outcomes.push(await sendAnswer(response, answer));
    });
    const { hostname, port } = new URL(server.url);
    const socket = connect({ host: hostname, port: Number(port) });
    socket.on("error", () => {});
    socket.write("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    expect(await text(socket)).not.toContain("413");
    expect(outcomes).toEqual([undefined, undefined]);
  });
});
