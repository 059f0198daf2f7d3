import { randomBytes, randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Claim, InboxRecord, InboxStore, OutcomeCount, Store } from "@latchhook/core";
import { Cluster, Redis } from "ioredis";
import { createCluster } from "redis";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { type OwnRedis, startOwnRedis } from "../../../../test/support/redis-server.ts";
import { describeWithServer, findRedisBinary } from "../../../../test/support/servers.ts";
import { type RedisClient, type RedisStoreOptions, redisStore } from "../../src/redis.ts";
import { inboxRecord, type RecordParts } from "../inbox-record.ts";

const longMs = 600_000;
const newKey = (): string => randomBytes(32).toString("hex");

type InboxKeeper = Store & { readonly inbox: InboxStore };

function openStore(options: RedisStoreOptions): InboxKeeper {
  const store = redisStore(options);
  const { inbox } = store;
  if (inbox === undefined) throw new Error("It should keep an inbox.");
  return { ...store, inbox };
}

async function hold(store: Store, key: string, leaseMs = longMs): Promise<Claim> {
  const owner = randomUUID();
  const result = await store.claim(key, { owner, leaseMs, retainMs: longMs });
  if (result.state !== "claimed") throw new Error(`The claim should win, not answer ${result.state}.`);
  return { key, owner, fence: result.fence };
}

function end(store: Store, claim: Claim, record: InboxRecord): Promise<string> {
  const options = { retainMs: longMs, record: () => record };
  return Promise.resolve(
    record.state === "done" ? store.complete(claim, options) : store.fail(claim, options),
  );
}

/** Claims and ends a delivery, and gives its key. */
async function deliver(store: Store, parts: RecordParts = {}): Promise<string> {
  const record = inboxRecord(parts);
  const { key } = record.delivery;
  expect(await end(store, await hold(store, key), record)).toBe("ok");
  return key;
}

function refused(minute: number): OutcomeCount {
  const way = { outcome: "unauthentic", reason: "signature-mismatch", bucketMs: 0, secretIndex: -1 } as const;
  return { minute, scope: "", provider: "acme", ...way, count: 1 };
}

describeWithServer("redisStore's inbox", findRedisBinary(), () => {
  let server: OwnRedis;
  let client: Redis;
  let store: InboxKeeper;

  beforeAll(async () => {
    server = await startOwnRedis();
    client = new Redis(server.url);
  });

  afterAll(async () => {
    client.disconnect();
    await server.stop();
  });

  beforeEach(async () => {
    await client.flushall();
    store = openStore({ client });
  });

  it("NOSCRIPT: the scripts are sent again", async () => {
    await client.script("FLUSH");
    const key = await deliver(store, { state: "failed" });
    await client.script("FLUSH");
    expect((await store.inbox.find(key))?.delivery.state).toBe("failed");
    await client.script("FLUSH");
    expect((await store.inbox.list({ limit: 1 })).length).toBe(1);
  });

  it("OOM: neither the claim nor the inbox is written, and the error says that the store is full", async () => {
    const held = await hold(store, newKey());
    const record = (state: "done" | "failed") => inboxRecord({ key: held.key, state });
    const before = await client.dbsize();
    await client.config("SET", "maxmemory", "1");
    try {
      for (const state of ["done", "failed"] as const) {
        await expect(end(store, held, record(state))).rejects.toMatchObject({ code: "store-full" });
      }
      await expect(store.inbox.note([inboxRecord()], [refused(60_000)])).rejects.toMatchObject({
        code: "store-full",
      });
    } finally {
      await client.config("SET", "maxmemory", "0");
    }
    expect(await client.dbsize()).toBe(before);
    expect(await end(store, held, record("done"))).toBe("ok");
    expect((await store.inbox.find(held.key))?.attempts.length).toBe(1);
  });

  it("OOM: what is over can be purged", async () => {
    for (let index = 0; index < 5; index++) await deliver(store, { retainMs: 20, state: "failed" });
    await sleep(40);
    await client.config("SET", "maxmemory", "1");
    try {
      expect(await store.purge(10)).toBe(5);
    } finally {
      await client.config("SET", "maxmemory", "0");
    }
  });

  it("purge leaves nothing behind, and spares what is in flight", async () => {
    for (const state of ["done", "failed", "failed"] as const) await deliver(store, { state, retainMs: 20 });
    const dismissed = await deliver(store, { state: "failed", retainMs: 20 });
    expect(await store.inbox.dismiss(dismissed)).toBe(true);
    const running = await deliver(store, { state: "failed", retainMs: 20 });
    await deliver(store, { key: running, state: "failed", retainMs: 20 });
    const held = await hold(store, running);
    await sleep(40);
    expect(await store.purge(100)).toBe(4);
    expect((await store.inbox.list({ limit: 10 })).map(({ key }) => key)).toEqual([running]);
    expect(await store.fail(held)).toBe("ok");
    await client.zadd("latchhook:inbox:expiry", 1, running);
    expect(await store.purge(100)).toBe(1);
    expect(await client.keys("latchhook:inbox:*")).toEqual(["latchhook:inbox:sequence"]);
  });

  it("removes what is over as others are written", async () => {
    for (let index = 0; index < 6; index++) await deliver(store, { retainMs: 20 });
    await sleep(40);
    for (let index = 0; index < 3; index++) await deliver(store);
    expect((await store.inbox.list({ limit: 10 })).length).toBe(3);
  });

  it("a body goes by itself, and is kept on where a record says so", async () => {
    const body = new TextEncoder().encode("{}");
    const brief = await deliver(store, { state: "failed", body, bodyRetainMs: 60 });
    const kept = await deliver(store, { state: "failed", body, bodyRetainMs: 60 });
    await deliver(store, { key: kept, state: "failed", body: "keep" });
    await sleep(90);
    expect(await client.exists(`latchhook:inbox:body:${brief}`)).toBe(0);
    expect((await store.inbox.find(brief))?.delivery).toMatchObject({ hasBody: false, bodyUntil: null });
    expect((await store.inbox.find(kept))?.body).toEqual(body);
  });

  it("finds what is many stretches away, in pages that skip none", async () => {
    const job = { eventId: "evt", jobId: "job" };
    const keys: string[] = [];
    for (let index = 0; index < 260; index++) {
      const type = index % 125 === 3 ? "rare" : "usual";
      keys.push(await deliver(store, { state: index < 240 ? "failed" : "done", delivery: { ...job, type } }));
    }
    const newest = keys.toReversed();
    const { inbox } = store;
    const rare = newest.filter((_, index) => (259 - index) % 125 === 3);
    expect((await inbox.list({ type: "rare", limit: 10 })).map(({ key }) => key)).toEqual(rare);
    expect(await inbox.count({}, 1_001)).toBe(260);
    expect(await inbox.count({ state: "failed" }, 1_001)).toBe(240);
    expect(await inbox.count({ search: "job" }, 230)).toBe(230);
    expect((await inbox.list({ search: "job", limit: 300 })).map(({ key }) => key)).toEqual(newest);
    expect((await inbox.list({ search: "evt", after: 0, limit: 300 })).map(({ key }) => key)).toEqual(keys);
    const page = await inbox.list({ search: "job", limit: 7, before: 130 });
    expect(page.map(({ sequence }) => sequence)).toEqual([129, 128, 127, 126, 125, 124, 123]);
    const [group, ...others] = await inbox.failures(10);
    expect(others).toEqual([]);
    expect(group).toMatchObject({ failed: 240, newestKey: keys[239] });
    expect([...(group?.types ?? [])].sort()).toEqual(["rare", "usual"]);
    expect((await inbox.tally())[0]).toMatchObject({ failed: 240, dead: 0 });
  }, 60_000);

  it("a delivery that is reopened is not done any more, even where its process dies", async () => {
    const key = await deliver(store);
    const options = { owner: "replay", leaseMs: 40, retainMs: longMs };
    expect(await store.reopen?.(key, options)).toMatchObject({ state: "claimed" });
    expect((await store.inbox.find(key))?.delivery.state).toBe("running");
    await sleep(80);
    expect((await store.inbox.list({ state: "failed", limit: 5 })).map((one) => one.key)).toEqual([key]);
  });

  it("numbers and texts of any kind do not keep a delivery from being done", async () => {
    const key = await deliver(store, {
      state: "failed",
      retainMs: Number.POSITIVE_INFINITY,
      bodyRetainMs: Number.POSITIVE_INFINITY,
      delivery: { deadAt: Number.POSITIVE_INFINITY, eventId: "a\0b\ud800", jobId: "/\u007f\u2028" },
    });
    const entry = await store.inbox.find(key);
    expect(entry?.delivery).toMatchObject({
      deadAt: Number.MAX_SAFE_INTEGER,
      eventId: "a\ufffdb\ufffd",
      jobId: "/\u007f\u2028",
      hasBody: true,
    });
    expect((await store.inbox.list({ search: "a\0b\ud800", limit: 2 })).length).toBe(1);
  });

  it("forgets minutes whose counts are over", async () => {
    await store.inbox.note([], [refused(60_000), refused(120_000)]);
    await client.del("latchhook:inbox:counts:60000");
    await store.inbox.note([], [refused(180_000)]);
    expect(await client.zrange("latchhook:inbox:minutes", "0", "-1")).toEqual(["120000", "180000"]);
    expect(await client.pttl("latchhook:inbox:counts:180000")).toBeGreaterThan(31 * 86_400_000);
  });

  it("reads counts of more minutes than one script does", async () => {
    const counts = Array.from({ length: 150 }, (_, index) => refused(index * 60_000));
    await store.inbox.note([], counts);
    expect((await store.inbox.counts(60_000)).length).toBe(149);
  });

  it("keeps it behind a prefix that the client adds", async () => {
    const prefixing = new Redis(server.url, { keyPrefix: "app:" });
    const prefixed = openStore({ client: prefixing });
    const key = await deliver(prefixed, { state: "failed" });
    await hold(prefixed, key);
    expect((await prefixed.inbox.find(key))?.delivery.state).toBe("running");
    expect(await client.exists(`app:latchhook:inbox:row:${key}`)).toBe(1);
    prefixing.disconnect();
  });
});

describeWithServer("redisStore's inbox on a cluster", findRedisBinary(), () => {
  let server: OwnRedis;
  let close: () => unknown = () => {};

  beforeAll(async () => {
    server = await startOwnRedis("--cluster-enabled", "yes", "--cluster-announce-ip", "127.0.0.1");
    const admin = new Redis(server.url);
    await admin.call("CLUSTER", "ADDSLOTSRANGE", "0", "16383");
    await vi.waitFor(async () => expect(await admin.call("CLUSTER", "INFO")).toMatch(/cluster_state:ok/), {
      timeout: 10_000,
    });
    admin.disconnect();
  });

  afterAll(() => server.stop());
  afterEach(() => close());

  const clients: Readonly<Record<string, () => Promise<RedisClient>>> = {
    "node-redis": async () => {
      const cluster = createCluster({ rootNodes: [{ url: server.url }] });
      await cluster.connect();
      close = () => cluster.destroy();
      return cluster;
    },
    ioredis: async () => {
      const cluster = new Cluster([{ host: "127.0.0.1", port: server.port }]);
      close = () => cluster.disconnect();
      return cluster;
    },
  };

  it.each(Object.entries(clients))("%s: kept where the prefix has a hash tag", async (_name, open) => {
    const client = await open();
    const store = openStore({ client, prefix: `{latchhook-${randomUUID()}}:`, allowEviction: true });
    const key = await deliver(store, { state: "failed" });
    await deliver(store, { key });
    expect(await store.reopen?.(key, { owner: "replay", leaseMs: longMs, retainMs: longMs })).toMatchObject({
      state: "claimed",
    });
    expect((await store.inbox.list({ search: key, limit: 5 }))[0]).toMatchObject({ state: "running" });
    expect(await store.purge(10)).toBe(0);
  });

  it.each(Object.entries(clients))(
    "%s: not there where it has none, and deliveries are",
    async (_name, open) => {
      const store = redisStore({ client: await open(), allowEviction: true });
      expect([store.inbox, store.reopen]).toEqual([undefined, undefined]);
      const held = await hold(store, newKey());
      expect(await store.complete(held, { retainMs: longMs })).toBe("ok");
      expect(await store.purge(10)).toBe(0);
    },
  );
});
