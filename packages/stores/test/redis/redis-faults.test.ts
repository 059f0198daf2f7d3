import { randomBytes, randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Claim, Store } from "@latchhook/core";
import { Redis } from "ioredis";
import { createClient } from "redis";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { type FaultProxy, startFaultProxy } from "../../../../test/support/fault-proxy.ts";
import { type OwnRedis, startOwnRedis } from "../../../../test/support/redis-server.ts";
import { describeWithServer, findRedisBinary } from "../../../../test/support/servers.ts";
import { type RedisClient, redisStore } from "../../src/redis.ts";

const longMs = 600_000;
const retain = { retainMs: longMs };

interface OpenClient {
  readonly client: RedisClient;
  end(): unknown;
}

async function openNodeRedis(url: string): Promise<OpenClient> {
  const client = createClient({ url, disableOfflineQueue: true, socket: { reconnectStrategy: () => 20 } });
  client.on("error", () => {});
  await client.connect();
  return { client, end: () => client.destroy() };
}

async function openIoredis(url: string): Promise<OpenClient> {
  // Without its ready check it sends commands while the server is loading, as node-redis does.
  const client = new Redis(url, {
    enableOfflineQueue: false,
    enableReadyCheck: false,
    lazyConnect: true,
    retryStrategy: () => 20,
  });
  client.on("error", () => {});
  await client.connect();
  return { client, end: () => client.disconnect() };
}

const newKey = (): string => randomBytes(32).toString("hex");

async function hold(store: Store, key = newKey()): Promise<Claim> {
  const owner = randomUUID();
  const result = await store.claim(key, { owner, leaseMs: longMs, ...retain });
  if (result.state !== "claimed") throw new Error(`The claim should win, not answer ${result.state}.`);
  return { key, owner, fence: result.fence };
}

async function rejectionOf(operation: () => unknown): Promise<{ code?: unknown; cause?: unknown }> {
  try {
    await operation();
  } catch (error) {
    return error as { code?: unknown; cause?: unknown };
  }
  throw new Error("It should have rejected.");
}

/** Every operation that writes. */
function operations(store: Store, held: Claim): readonly (() => unknown)[] {
  return [
    () => hold(store),
    () => store.extend(held, longMs),
    () => store.complete(held, retain),
    () => store.fail(held),
  ];
}

async function expectAllRejected(
  store: Store,
  held: Claim,
  expected: { readonly code: string; readonly reply: RegExp },
): Promise<void> {
  for (const operation of operations(store, held)) {
    const error = await rejectionOf(operation);
    expect(error).toMatchObject({ code: expected.code });
    expect(String((error.cause as Error).message)).toMatch(expected.reply);
  }
}

describeWithServer("redisStore when Redis fails", findRedisBinary(), () => {
  for (const [name, open] of Object.entries({ "node-redis": openNodeRedis, ioredis: openIoredis })) {
    describe(`with ${name}`, () => {
      let server: OwnRedis;
      let proxy: FaultProxy;
      let admin: Redis;
      let opened: OpenClient;
      let store: Store;

      beforeAll(async () => {
        server = await startOwnRedis();
        proxy = await startFaultProxy(server.url, 6379);
        admin = new Redis(server.url, { retryStrategy: () => 20 });
        admin.on("error", () => {});
      });

      afterAll(async () => {
        admin.disconnect();
        await proxy.close();
        await server.stop();
      });

      beforeEach(async () => {
        await admin.flushall();
        opened = await open(proxy.through(server.url));
        store = redisStore({ client: opened.client });
      });

      afterEach(() => {
        opened.end();
      });

      it("NOSCRIPT: the scripts are sent again after SCRIPT FLUSH", async () => {
        const held = await hold(store);
        for (const operation of [() => store.extend(held, longMs), () => store.complete(held, retain)]) {
          await admin.script("FLUSH");
          expect(await operation()).toBe("ok");
          expect(await operation()).toBe("ok");
        }
        await admin.script("FLUSH");
        await hold(store);
      });

      it("OOM: nothing is written, the error says that the store is full", async () => {
        const held = await hold(store);
        await admin.config("SET", "maxmemory", "1");
        await expectAllRejected(store, held, { code: "store-full", reply: /OOM/ });
        await admin.config("SET", "maxmemory", "0");
        expect(await admin.dbsize()).toBe(1);
        expect(await store.complete(held, retain)).toBe("ok");
      });

      it("READONLY: a replica refuses", async () => {
        const held = await hold(store);
        await admin.replicaof("127.0.0.1", 1);
        await expectAllRejected(store, held, { code: "store-unavailable", reply: /READONLY/ });
        await admin.replicaof("NO", "ONE");
        expect(await store.complete(held, retain)).toBe("ok");
      });

      it("FLUSHALL in flight: the claim is lost, nothing completes, and the next fence is greater", async () => {
        const held = await hold(store);
        await admin.flushall();
        expect(await store.extend(held, longMs)).toBe("lost");
        expect(await store.complete(held, retain)).toBe("lost");
        expect(await store.fail(held)).toBe("lost");
        const next = await hold(store, held.key);
        expect(next.fence).toBeGreaterThan(held.fence);
        expect(await store.complete(held, retain)).toBe("lost");
      });

      it("LOADING: a server that starts refuses until its data is there", async () => {
        const held = await hold(store);
        const pipeline = admin.pipeline();
        for (let index = 0; index < 2_000; index++) pipeline.set(`filler:${index}`, "x");
        await pipeline.exec();
        await admin.save();
        // A loading server looks at its sockets once per so many bytes; each key is made to take 500 µs.
        await server.restart("--key-load-delay", "500", "--loading-process-events-interval-bytes", "1024");
        await untilReply(store, held, /LOADING/);
        await expect.poll(() => store.extend(held, longMs), { timeout: 10_000 }).toBe("ok");
        expect(await store.complete(held, retain)).toBe("ok");
      });

      it("restart without persistence: operations reject meanwhile; what was held is lost", async () => {
        const held = await hold(store);
        await admin.flushall();
        await admin.save();
        proxy.refuse(true);
        proxy.cut();
        await server.restart();
        for (const operation of operations(store, held)) {
          expect(await rejectionOf(operation)).toMatchObject({ code: "store-unavailable" });
        }
        proxy.refuse(false);
        await expect
          .poll(() => Promise.resolve(store.complete(held, retain)).catch(() => "away"))
          .toBe("lost");
        await hold(store, held.key);
      });

      it("a claim whose reply is lost does not lock its owner out", async () => {
        await hold(store);
        const key = newKey();
        const options = { owner: "the same", leaseMs: longMs, ...retain };
        proxy.dropReplies(true);
        // node-redis rejects. ioredis sends it again once it is back, which is a repeat by the same owner.
        const first = Promise.resolve(store.claim(key, options)).catch(() => undefined);
        await expect.poll(() => admin.exists(`latchhook:${key}`)).toBe(1);
        proxy.dropReplies(false);
        proxy.cut();
        const answer = await first;
        if (answer !== undefined) expect(answer).toMatchObject({ state: "claimed", attempt: 1 });
        await expect
          .poll(() => Promise.resolve(store.claim(key, options)).catch(() => undefined))
          .toMatchObject({ state: "claimed", attempt: 1 });
      });

      it("refuses a server that may evict, unless it is told to accept it", async () => {
        await admin.config("SET", "maxmemory", "100mb");
        try {
          for (const policy of ["allkeys-lru", "volatile-ttl"]) {
            await admin.config("SET", "maxmemory-policy", policy);
            const error = await rejectionOf(() => hold(redisStore({ client: opened.client })));
            expect(error).toMatchObject({ code: "store-misconfigured" });
            expect(String(error)).toContain(`maxmemory-policy is ${policy}`);
            await hold(redisStore({ client: opened.client, allowEviction: true }));
          }
          await admin.config("SET", "maxmemory-policy", "noeviction");
          await hold(redisStore({ client: opened.client }));
        } finally {
          await admin.config("SET", "maxmemory", "0");
        }
      });

      it("says once that it could not look, where INFO is forbidden", async () => {
        const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
        await admin.acl("SETUSER", "limited", "on", ">limited", "~*", "+@all", "-info");
        const limited = await open(proxy.through(`redis://limited:limited@127.0.0.1:${server.port}`));
        try {
          const limitedStore = redisStore({ client: limited.client });
          await hold(limitedStore);
          await hold(limitedStore);
          expect(warn).toHaveBeenCalledTimes(1);
          expect(warn.mock.calls[0]?.[0]).toContain("maxmemory-policy");
        } finally {
          limited.end();
          warn.mockRestore();
        }
      });

      it("keeps a record for its retention and no longer, and one for ever where told", async () => {
        const [completed, failed, kept] = [await hold(store), await hold(store), await hold(store)];
        await store.complete(completed, { retainMs: 60_000 });
        await store.fail(failed);
        await store.complete(kept, { retainMs: Number.POSITIVE_INFINITY });
        const expiry = (claim: Claim): Promise<number> => admin.pttl(`latchhook:${claim.key}`);
        expect(await expiry(completed)).toBeGreaterThan(50_000);
        expect(await expiry(completed)).toBeLessThanOrEqual(60_000);
        expect(await expiry(failed)).toBeGreaterThan(longMs);
        expect(await expiry(failed)).toBeLessThanOrEqual(2 * longMs);
        expect(await expiry(kept)).toBe(-1);
        const brief = await hold(store);
        await store.complete(brief, { retainMs: 1 });
        await sleep(10);
        expect(await admin.exists(`latchhook:${brief.key}`)).toBe(0);
        expect(await store.purge(10)).toBe(0);
      });

      it("a fence grows past the stored one even where the server's clock went back", async () => {
        const held = await hold(store);
        const future = held.fence + 1e12;
        const record = String(await admin.get(`latchhook:${held.key}`));
        await admin.set(`latchhook:${held.key}`, record.replace(String(held.fence), String(future)));
        const stored = { ...held, fence: future };
        expect(await store.fail(stored)).toBe("ok");
        expect((await hold(store, held.key)).fence).toBe(future + 1);
      });
    });
  }

  it("refuses what is no client", () => {
    for (const client of [{}, null, undefined, "redis://localhost"]) {
      expect(() => redisStore({ client: client as unknown as RedisClient })).toThrow(
        /client must be a client/,
      );
    }
  });
});

/** Extends until the server answers with `reply`. */
async function untilReply(store: Store, held: Claim, reply: RegExp): Promise<void> {
  for (let attempt = 0; attempt < 400; attempt++) {
    try {
      await store.extend(held, longMs);
    } catch (error) {
      if (reply.test(String((error as { cause?: Error }).cause?.message))) return;
    }
    await sleep(5);
  }
  throw new Error(`The server never answered ${reply}.`);
}
