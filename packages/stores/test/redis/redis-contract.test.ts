import { storeContract } from "@latchhook/testing";
import { Redis } from "ioredis";
import { createClient } from "redis";
import { afterAll, beforeAll, describe, it } from "vitest";
import { describeWithServer, findRedis, redisTestPrefix } from "../../../../test/support/servers.ts";
import { redisStore } from "../../src/redis.ts";
import { expiredByRedis } from "./expired-by-redis.ts";

const server = await findRedis();

describeWithServer("redisStore keeps the store contract", server, (url) => {
  const filePrefix = redisTestPrefix();
  const sweeper = new Redis(url, { lazyConnect: true });

  afterAll(async () => {
    const stream = sweeper.scanStream({ match: `${filePrefix}*`, count: 1_000 });
    for await (const keys of stream) if (keys.length > 0) await sweeper.unlink(...keys);
    sweeper.disconnect();
  });

  let cases = 0;
  const newPrefix = (): string => `${filePrefix}${cases++}:`;

  describe("with redis (node-redis)", () => {
    const clients = [1, 2].map(() => createClient({ url, disableOfflineQueue: true }));
    beforeAll(() => Promise.all(clients.map((client) => client.connect())));
    afterAll(() => Promise.all(clients.map((client) => client.close())));
    const [first, second] = clients;
    if (first === undefined || second === undefined) throw new Error("Two clients are needed.");

    for (const { name, run } of storeContract({
      create: () => {
        const prefix = newPrefix();
        return { store: redisStore({ client: first, prefix }), prefix };
      },
      connect: ({ prefix }) => redisStore({ client: second, prefix }),
      inbox: true,
      skip: expiredByRedis,
    })) {
      it(name, run);
    }
  });

  describe("with ioredis", () => {
    const clients = [1, 2].map(() => new Redis(url, { enableOfflineQueue: false, lazyConnect: true }));
    beforeAll(() => Promise.all(clients.map((client) => client.connect())));
    afterAll(() => Promise.all(clients.map((client) => client.quit())));
    const [first, second] = clients;
    if (first === undefined || second === undefined) throw new Error("Two clients are needed.");

    for (const { name, run } of storeContract({
      create: () => {
        const prefix = newPrefix();
        return { store: redisStore({ client: first, prefix }), prefix };
      },
      connect: ({ prefix }) => redisStore({ client: second, prefix }),
      inbox: true,
      skip: expiredByRedis,
    })) {
      it(name, run);
    }
  });
});
