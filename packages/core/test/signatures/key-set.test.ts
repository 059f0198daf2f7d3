import type { RequestListener } from "node:http";
import { isLatchhookError, type SignedRequest } from "@latchhook/core";
import { type JsonObject, type KeySet, keySet } from "@latchhook/core/kit";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type KeyServer, keyServer } from "../support/key-server.ts";

const request: SignedRequest = { headers: {}, body: new Uint8Array() };
const minute = 60_000;
const hour = 60 * minute;
const keysOf = (...ids: readonly string[]) => ({ keys: ids.map((kid) => ({ kid })) });

let server: KeyServer;
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: 1_790_000_000_000 });
  server = await keyServer(keysOf("a"));
});
afterEach(async () => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  await server[Symbol.asyncDispose]();
});

function setOf(fetchKeys = server.fetchKeys): KeySet<string> {
  return keySet({
    provider: "acme",
    url: "https://acme.example/keys.json",
    importKey: ({ kid }: JsonObject) => (typeof kid === "string" ? kid : undefined),
    fetchKeys,
  });
}

const pass = (ms: number): void => void vi.setSystemTime(Date.now() + ms);

/** The keys, or the code of what was thrown and why. */
async function outcomeOf(set: KeySet<string>): Promise<unknown> {
  try {
    return await set(request);
  } catch (error) {
    if (!isLatchhookError(error)) throw error;
    return `${error.code}: ${error.cause instanceof Error ? error.cause.message : String(error.cause)}`;
  }
}

const unreachable: RequestListener = (incoming) => incoming.socket.destroy();

describe("the keys that a sender publishes", () => {
  it("are fetched when they are needed first, and serve 12 hours", async () => {
    const set = setOf();
    expect(server.asked).toEqual([]);
    expect(await outcomeOf(set)).toEqual(["a"]);
    pass(12 * hour - 1);
    expect(set(request)).toEqual(["a"]);
    expect(server.asked).toEqual(["/keys.json"]);
  });

  it("are fetched once for all who ask at a time", async () => {
    const set = setOf();
    const all = await Promise.all(Array.from({ length: 100 }, () => outcomeOf(set)));
    expect(all).toEqual(all.map(() => ["a"]));
    expect(server.asked).toHaveLength(1);
  });

  it("are fetched again after 12 hours; a failure keeps them until 24", async () => {
    const set = setOf();
    await outcomeOf(set);
    server.answerWith(unreachable);
    pass(12 * hour);
    expect(await outcomeOf(set)).toEqual(["a"]);
    expect(server.asked).toHaveLength(2);
    pass(12 * hour - 1);
    expect(await outcomeOf(set)).toEqual(["a"]);
    pass(1);
    expect(await outcomeOf(set)).toMatch(/^secret-unavailable: /);
    server.answerWith(keysOf("b"));
    pass(minute);
    expect(await outcomeOf(set)).toEqual(["b"]);
  });

  it("are not kept beyond that where the clock has been set back", async () => {
    const set = setOf();
    await outcomeOf(set);
    server.answerWith(keysOf("b"));
    pass(-48 * hour);
    expect(await outcomeOf(set)).toEqual(["b"]);
  });

  it("are renewed for a signature that none of them made, at most once a minute", async () => {
    const set = setOf();
    const [first] = [await set(request)];
    server.answerWith(keysOf("a", "b"));
    expect(await set.renew(first), "too soon").toBeUndefined();
    pass(minute - 1);
    expect(await set.renew(first), "still too soon").toBeUndefined();
    pass(1);
    const renewed = await Promise.all(Array.from({ length: 50 }, () => set.renew(first)));
    expect(renewed).toEqual(renewed.map(() => ["a", "b"]));
    expect(server.asked).toHaveLength(2);
    for (let round = 0; round < 50; round++) await set.renew(await set(request));
    expect(server.asked, "a flood").toHaveLength(2);
    expect(await set.renew(first), "keys that another request fetched").toEqual(["a", "b"]);
  });

  it("stay where renewing them fails", async () => {
    const set = setOf();
    const first = await set(request);
    server.answerWith(unreachable);
    pass(minute);
    expect(await set.renew(first)).toBeUndefined();
    expect(await outcomeOf(set)).toEqual(["a"]);
  });

  it("are asked for once a minute while there are none", async () => {
    server.answerWith(unreachable);
    const set = setOf();
    for (let round = 0; round < 20; round++) expect(await outcomeOf(set)).toMatch(/^secret-unavailable: /);
    expect(server.asked).toHaveLength(1);
    server.answerWith(keysOf("a"));
    pass(minute);
    expect(await outcomeOf(set)).toEqual(["a"]);
  });

  it("are waited for on Workers by looking, not by another request's promise", async () => {
    vi.stubGlobal("navigator", { userAgent: "Cloudflare-Workers" });
    vi.useRealTimers();
    const set = setOf();
    const all = await Promise.all([outcomeOf(set), outcomeOf(set), outcomeOf(set)]);
    expect(all).toEqual([["a"], ["a"], ["a"]]);
    expect(server.asked).toHaveLength(1);
  });

  it.each<[string, RequestListener | object, RegExp]>([
    ["a redirect", (_, response) => response.writeHead(302, { location: "/other" }).end(), /status 302/],
    ["a status that is no 200", (_, response) => response.writeHead(500).end("{}"), /status 500/],
    ["no JSON", (_, response) => response.end("<html>"), /no key/],
    ["an empty answer", (_, response) => response.end(), /no key/],
    ["a list in place of the set", [{ kid: "a" }], /no key/],
    ["a set without keys", { keys: [] }, /no key/],
    ["keys that are none", { keys: "a" }, /no key/],
    ["keys of another kind", { keys: [null, 7, {}] }, /no key/],
    ["65,537 bytes", (_, response) => response.end(" ".repeat(65_537)), /more than 65536 bytes/],
    ["a connection that is cut", unreachable, /./],
  ])("are not had from %s", async (_what, answer, why) => {
    server.answerWith(answer);
    expect(await outcomeOf(setOf())).toMatch(new RegExp(`^secret-unavailable: .*${why.source}`));
    expect(server.asked).toHaveLength(1);
  });

  it("are had from 65,536 bytes", async () => {
    const text = JSON.stringify(keysOf("a"));
    server.answerWith((_, response) => response.end(text.padEnd(65_536)));
    expect(await outcomeOf(setOf())).toEqual(["a"]);
  });

  it("are not waited for beyond 3 seconds, and an endless answer is cut off", async () => {
    let written = 0;
    const closed = new Promise<void>((resolve) => {
      server.answerWith((_, response) => {
        const timer = setInterval(() => response.write(" ".repeat(16), () => written++), 20);
        response.on("close", () => {
          clearInterval(timer);
          resolve();
        });
      });
    });
    const start = performance.now();
    expect(await outcomeOf(setOf())).toMatch(/within 3000 ms/);
    expect(performance.now() - start).toBeLessThan(4_000);
    await closed;
    expect(written).toBeGreaterThan(0);
  });

  it("are not waited for where what fetches never ends", async () => {
    expect(await outcomeOf(setOf(() => new Promise(() => {})))).toMatch(/within 3000 ms/);
  });

  it("of a gigabyte are cut off at once", async () => {
    const closed = new Promise<void>((resolve) => {
      server.answerWith((_, response) => {
        response.on("close", () => resolve());
        const more = (): void => {
          while (response.write(Buffer.alloc(1_048_576, 0x20)));
        };
        response.on("drain", more);
        more();
      });
    });
    expect(await outcomeOf(setOf())).toMatch(/more than 65536 bytes/);
    await closed;
  });

  it.each(["http://acme.example/keys.json", "acme.example", "", "file:///keys.json"])(
    "cannot be at %j",
    (url) => {
      const make = () => keySet({ provider: "acme", url, importKey: () => "key" });
      expect(make).toThrow(/acme: the URL of its public keys must be https/);
    },
  );
});
