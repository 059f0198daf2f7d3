import { Redis as Upstash } from "@upstash/redis";
import { Redis } from "ioredis";
import { createClient } from "redis";
import { createClient as createClient4 } from "redis4";
import { describe, expect, it } from "vitest";
import { describeWithServer, findRedis, redisTestPrefix } from "../../../../test/support/servers.ts";
import { type RedisClient, redisStore } from "../../src/redis.ts";

describe("redisStore refuses, when it is made, a client that cannot work, and says what to pass", () => {
  const offline = new Redis({ lazyConnect: true });
  const upstash = new Upstash({ url: "https://example.com", token: "token" });
  const clients: Readonly<Record<string, readonly [unknown, RegExp]>> = {
    "a pipeline of @upstash/redis": [upstash.pipeline(), /Pass the client that it was made from/],
    "redis 4 in legacyMode": [createClient4({ legacyMode: true }), /legacy mode.*without legacyMode/],
    "redis 6, legacy()": [createClient().legacy(), /legacy mode/],
    "a MULTI of redis": [createClient().multi(), /Pass the client that it was made from/],
    "a pipeline of ioredis": [offline.pipeline(), /Pass the client that it was made from/],
    "redis before 4": [{ evalsha() {}, eval() {}, internal_send_command() {} }, /Install redis 4/],
    nothing: [undefined, /must be a client of redis/],
    "an address": ["redis://localhost", /must be a client of redis/],
  };
  it.each(Object.entries(clients))("%s", (_name, [client, message]) => {
    const make = (): unknown => redisStore({ client: client as RedisClient });
    expect(make).toThrow(expect.objectContaining({ code: "invalid-option" }));
    expect(make).toThrow(message);
  });

  it("and takes those that can, connected or not", () => {
    for (const client of [offline, upstash, createClient(), createClient4(), createClient().duplicate()]) {
      expect(redisStore({ client: client as RedisClient }).name).toBe("redis");
    }
  });
});

describeWithServer("redisStore is checked at start", await findRedis(), (url) => {
  it.each([false, true])("and passes, with allowEviction: %s", async (allowEviction) => {
    const client = new Redis(url);
    await redisStore({ client, allowEviction, prefix: redisTestPrefix() }).check();
    client.disconnect();
  });

  it.each([false, true])("and says that nothing answers, with allowEviction: %s", async (allowEviction) => {
    const client = new Redis({
      port: 1,
      lazyConnect: true,
      maxRetriesPerRequest: 0,
      retryStrategy: () => null,
    });
    client.on("error", () => {});
    await expect(redisStore({ client, allowEviction }).check()).rejects.toMatchObject({
      code: "store-unavailable",
    });
    client.disconnect();
  });
});
