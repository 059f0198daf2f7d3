import { randomBytes } from "node:crypto";
import { storeContract } from "@latchhook/testing";
import { Redis as Upstash } from "@upstash/redis";
import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type OwnRedis, startOwnRedis } from "../../../../test/support/redis-server.ts";
import { describeWithServer, findRedisBinary } from "../../../../test/support/servers.ts";
import { startUpstashServer, type UpstashServer } from "../../../../test/support/upstash-server.ts";
import { redisStore } from "../../src/redis.ts";
import { inboxRecord } from "../inbox-record.ts";
import { expiredByRedis } from "./expired-by-redis.ts";

const options = { owner: "me", leaseMs: 60_000, retainMs: 60_000 };
const newKey = (): string => randomBytes(32).toString("hex");

describeWithServer("redisStore over @upstash/redis", findRedisBinary(), () => {
  let server: OwnRedis;
  let upstash: UpstashServer;
  let admin: Redis;

  beforeAll(async () => {
    server = await startOwnRedis();
    upstash = await startUpstashServer(server.url);
    admin = new Redis(server.url);
  });

  afterAll(async () => {
    admin.disconnect();
    await upstash.close();
    await server.stop();
  });

  const connect = (settings: object = {}): Upstash =>
    new Upstash({ url: upstash.url, token: upstash.token, retry: { retries: 1 }, ...settings });

  const kinds: Readonly<Record<string, object>> = {
    "as it comes": {},
    "without pipelines, and without reading JSON itself": {
      enableAutoPipelining: false,
      automaticDeserialization: false,
      responseEncoding: false,
    },
  };
  describe.each(Object.entries(kinds))("keeps the store contract: %s", (kind, settings) => {
    let cases = 0;
    for (const { name, run } of storeContract({
      create: () => {
        const prefix = `${kind}:${cases++}:`;
        return { store: redisStore({ client: connect(settings), prefix }), prefix };
      },
      connect: ({ prefix }) => redisStore({ client: connect(settings), prefix }),
      inbox: true,
      skip: expiredByRedis,
    })) {
      it(name, run);
    }
  });

  it.each([true, false])(
    "NOSCRIPT: sends the scripts again, with pipelines: %s",
    async (enableAutoPipelining) => {
      const store = redisStore({ client: connect({ enableAutoPipelining }) });
      await admin.script("FLUSH");
      expect(await store.claim(newKey(), options)).toMatchObject({ state: "claimed" });
    },
  );

  it("a claim is one request, and claims of one moment are too", async () => {
    const store = redisStore({ client: connect() });
    await store.claim(newKey(), options);
    const before = upstash.requests();
    await store.claim(newKey(), options);
    expect(upstash.requests() - before).toBe(1);
    await Promise.all([newKey(), newKey(), newKey()].map((key) => store.claim(key, options)));
    expect(upstash.requests() - before).toBe(2);
  });

  it.each([true, false])(
    "says what the server refused, and nothing of the body, with pipelines: %s",
    async (pipelines) => {
      const store = redisStore({ client: connect({ enableAutoPipelining: pipelines }) });
      const key = newKey();
      const result = await store.claim(key, options);
      if (result.state !== "claimed") throw new Error("The claim should win.");
      const body = new TextEncoder().encode("a secret of the sender");
      const record = inboxRecord({ key, state: "failed", body, delivery: { jobId: "a-secret-job" } });
      await admin.config("SET", "maxmemory", "1");
      const failure = await Promise.resolve(
        store.fail({ key, owner: "me", fence: result.fence }, { record: () => record }),
      ).catch((error: unknown) => error);
      await admin.config("SET", "maxmemory", "0");
      expect(failure).toMatchObject({ code: "store-full" });
      const { cause } = failure as { cause: Error };
      expect(cause.message).toMatch(/^OOM /);
      const text = `${failure} ${cause.message} ${cause.stack}`;
      expect(text).not.toContain("a-secret-job");
      expect(text).not.toContain(Buffer.from(body).toString("base64"));
    },
  );

  it("refuses a server that may evict", async () => {
    await admin.config("SET", "maxmemory", "100mb");
    await admin.config("SET", "maxmemory-policy", "allkeys-lru");
    try {
      await expect(redisStore({ client: connect() }).check()).rejects.toMatchObject({
        code: "store-misconfigured",
      });
      await redisStore({ client: connect(), allowEviction: true }).check();
    } finally {
      await admin.config("SET", "maxmemory-policy", "noeviction");
      await admin.config("SET", "maxmemory", "0");
    }
  });

  it("rejects where the token is wrong, and where nothing answers", async () => {
    for (const wrong of [{ token: "wrong" }, { url: "http://127.0.0.1:1" }]) {
      const store = redisStore({ client: connect({ ...wrong, retry: false }), allowEviction: true });
      await expect(store.claim(newKey(), options)).rejects.toMatchObject({ code: "store-unavailable" });
    }
  });
});
