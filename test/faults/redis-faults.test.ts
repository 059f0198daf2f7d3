import { setTimeout as sleep } from "node:timers/promises";
import { redisStore } from "@latchhook/stores/redis";
import { Redis } from "ioredis";
import { createClient } from "redis";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { type FaultProxy, startFaultProxy } from "../support/fault-proxy.ts";
import { type OwnRedis, startOwnRedis } from "../support/redis-server.ts";
import { describeWithServer, findRedisBinary } from "../support/servers.ts";
import {
  createPause,
  type Endpoint,
  receiveWebhooks,
  type TestDelivery,
} from "./support/receive-webhooks.ts";

/** Longer than all that completing tries. */
const leaseMs = 1_200;

describeWithServer("Redis fails under the receiver", findRedisBinary(), () => {
  let server: OwnRedis;
  let proxy: FaultProxy;
  /** Goes straight to the server. */
  let admin: Redis;
  let client: ReturnType<typeof openClient>;
  let endpoint: Endpoint;
  /** An attempt of this test's delivery. */
  let send: TestDelivery["send"];
  /** The jobs whose callback began, in order. */
  let calls: string[];
  /** Replaced by tests that step in while the callback runs. */
  let inPersist: () => Promise<unknown>;

  function openClient(url: string) {
    const opened = createClient({
      url,
      disableOfflineQueue: true,
      socket: { reconnectStrategy: 20, connectTimeout: 1_000 },
    });
    opened.on("error", () => {});
    return opened;
  }

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
    calls = [];
    inPersist = async () => {};
    client = openClient(proxy.through(server.url));
    await client.connect();
    endpoint = await receiveWebhooks({
      store: redisStore({ client }),
      leaseMs,
      persist: async (event) => {
        calls.push(event.job?.id ?? "");
        await inPersist();
      },
    });
    // From here on the server's policy is known, and the scripts are loaded.
    expect(await endpoint.delivery().send()).toBe(200);
    calls = [];
    send = endpoint.delivery().send;
  });
  afterEach(async () => {
    proxy.refuse(false);
    proxy.dropReplies(false);
    await admin.config("SET", "maxmemory", "0");
    await endpoint.close();
    client.destroy();
  });

  /** Sends an attempt and lets `fault` happen while its callback runs. */
  async function sendWith(fault: () => unknown): Promise<unknown> {
    const pause = createPause();
    inPersist = pause.here;
    const answer = send();
    await pause.reached;
    await fault();
    pause.end();
    return answer;
  }

  async function untilReady(): Promise<void> {
    await expect.poll(() => client.isReady, { timeout: 5_000 }).toBe(true);
  }

  it("H83 down at claim → 503, no call; the next attempt runs", async () => {
    proxy.refuse(true);
    proxy.cut();
    expect(await send()).toBe(503);
    expect(calls).toHaveLength(0);
    proxy.refuse(false);
    await untilReady();
    expect(await send()).toBe(200);
    expect(calls).toHaveLength(1);
  });

  it("H84 the reply to the claim is lost → 503; the sender is locked out no longer than the lease", async () => {
    const before = await admin.dbsize();
    proxy.dropReplies(true);
    const first = send();
    await expect.poll(() => admin.dbsize()).toBe(before + 1);
    proxy.dropReplies(false);
    proxy.cut();
    expect(await first).toBe(503);
    await untilReady();
    expect(await send()).toBe(503);
    expect(calls).toHaveLength(0);
    await sleep(leaseMs);
    expect(await send()).toBe(200);
    expect(calls).toHaveLength(1);
  });

  it("H85 down at complete → 503, never an early 2xx; the retry runs again", async () => {
    const answer = await sendWith(() => {
      proxy.refuse(true);
      proxy.cut();
    });
    expect(answer).toBe(503);
    proxy.refuse(false);
    await untilReady();
    await sleep(leaseMs);
    expect(await send()).toBe(200);
    expect(calls).toHaveLength(2);
  });

  it("the reply to complete is lost → completing is repeated; one call", async () => {
    const completed = async (): Promise<boolean> => {
      const keys = await admin.keys("*");
      const records = await Promise.all(keys.map((key) => admin.get(key)));
      return records.every((record) => record?.startsWith("completed "));
    };
    const answer = sendWith(() => proxy.dropReplies(true));
    await expect.poll(async () => calls.length === 1 && (await completed())).toBe(true);
    proxy.dropReplies(false);
    proxy.cut();
    expect(await answer).toBe(200);
    expect(await send()).toBe(200);
    expect(calls).toHaveLength(1);
  });

  it("H86 a heartbeat is lost → 200: the next one is in time", async () => {
    const answer = await sendWith(async () => {
      proxy.cut();
      // Longer than the lease: without a heartbeat after the lost one it would be over.
      await sleep(leaseMs + 200);
    });
    expect(answer).toBe(200);
    expect(calls).toHaveLength(1);
  });

  it("H86 heartbeats are lost past the lease → 503; the retry runs", async () => {
    const answer = await sendWith(async () => {
      proxy.refuse(true);
      proxy.cut();
      await sleep(leaseMs + 300);
    });
    expect(answer).toBe(503);
    // The warm-up's outcome comes first. What the callback's end comes to is told late.
    await expect.poll(() => endpoint.outcomes.length, { timeout: 5_000 }).toBe(3);
    expect(endpoint.outcomes.map(({ code }) => code)).toEqual([
      "processed",
      "lease-lost",
      "store-unavailable",
    ]);
    proxy.refuse(false);
    await untilReady();
    expect(await send()).toBe(200);
    expect(calls).toHaveLength(2);
  });

  it("H95 FLUSHALL in flight → 503, for the claim is gone; the retry runs", async () => {
    expect(await sendWith(() => admin.flushall())).toBe(503);
    expect(endpoint.outcomes.at(-1)?.code).toBe("lease-lost");
    expect(await send()).toBe(200);
    expect(calls).toHaveLength(2);
  });

  it("H95 SCRIPT FLUSH in flight → 200: the scripts are sent again", async () => {
    expect(await sendWith(() => admin.script("FLUSH"))).toBe(200);
    expect(await send()).toBe(200);
    expect(calls).toHaveLength(1);
  });

  it("H95 out of memory at claim → 503 and no call; there is room again → 200", async () => {
    await admin.config("SET", "maxmemory", "1");
    expect(await send()).toBe(503);
    expect(endpoint.outcomes.at(-1)?.code).toBe("store-full");
    expect(calls).toHaveLength(0);
    await admin.config("SET", "maxmemory", "0");
    expect(await send()).toBe(200);
    expect(calls).toHaveLength(1);
  });

  it("H95 out of memory in flight → 503, never an early 2xx; then the retry runs again", async () => {
    expect(await sendWith(() => admin.config("SET", "maxmemory", "1"))).toBe(503);
    await admin.config("SET", "maxmemory", "0");
    await sleep(leaseMs);
    expect(await send()).toBe(200);
    expect(calls).toHaveLength(2);
  });

  it("H95 READONLY in flight, as after a failover → 503; then the retry runs again", async () => {
    const promote = (): Promise<unknown> => admin.replicaof("NO", "ONE");
    // A replica of nothing that answers keeps its data, and refuses writes.
    expect(await sendWith(() => admin.replicaof("127.0.0.1", "1"))).toBe(503);
    await promote();
    await sleep(leaseMs);
    expect(await send()).toBe(200);
    expect(calls).toHaveLength(2);
  });

  it("H95 the server is killed and started again in flight → 503; the retry runs", async () => {
    expect(await sendWith(() => server.restart())).toBe(503);
    await untilReady();
    expect(await send()).toBe(200);
    expect(calls).toHaveLength(2);
  });
});
