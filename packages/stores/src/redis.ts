import { LatchhookError, type Store } from "@latchhook/core";
import { checkEviction } from "./redis/check-eviction.ts";
import { connectRedis, type Redis, type RedisClient } from "./redis/clients.ts";
import { toStoreError } from "./redis/redis-error.ts";
import { runScript } from "./redis/run-script.ts";
import { type Script, scripts } from "./redis/scripts.ts";
import { isEndless } from "./shared/duration.ts";
import { createGuard } from "./shared/guard.ts";
import { readClaim, readUpdate } from "./shared/read-outcome.ts";
import { type CheckMemory, rememberCheck } from "./shared/remember-check.ts";

export type { IoredisClient, NodeRedisClient, RedisClient } from "./redis/clients.ts";

export interface RedisStoreOptions {
  /**
   * Your own client, of `redis` (node-redis; connected) or `ioredis`, single or cluster. The store never closes it.
   * Switch its offline queue off, so that a delivery is refused at once while Redis is down; see `docs/stores.md`.
   */
  readonly client: RedisClient;
  /** What every key begins with. Default: `"latchhook:"`. */
  readonly prefix?: string | undefined;
  /** Accepts a server that may evict records, and so duplicates that run. Default: false, which refuses it. */
  readonly allowEviction?: boolean | undefined;
}

/** A store in Redis. */
export interface RedisStore extends Store {
  /**
   * Checks the server now, for an error at start instead of at the first delivery.
   *
   * @throws LatchhookError `store-misconfigured` when it may evict records, `store-unavailable` when it does not answer.
   */
  check(): Promise<void>;
}

/**
 * Records deliveries in Redis 6 or later: shared by any number of processes, as durable as the server's persistence
 * makes it, without `commit`.
 *
 * Redis expires the records by itself; `purge` has nothing to do and answers 0.
 *
 * @throws LatchhookError `invalid-option` when the client cannot be used.
 *
 * @example
 * const client = createClient({ url: process.env.REDIS_URL, disableOfflineQueue: true });
 * client.on("error", (error) => console.error("Redis failed.", error));
 * await client.connect();
 * const store = redisStore({ client });
 */
export function redisStore(options: RedisStoreOptions): RedisStore {
  const { client, prefix = "latchhook:", allowEviction = false } = options;
  if (typeof prefix !== "string") throw new LatchhookError("invalid-option", "prefix must be a string.");
  const redis = connectRedis(client);
  const eviction = allowEviction ? undefined : rememberCheck("eviction", client.options);
  return createStore(redis, prefix, eviction);
}

function createStore(redis: Redis, prefix: string, eviction: CheckMemory | undefined): RedisStore {
  const { use, check, close } = createGuard({
    name: "redis",
    check: async () => (eviction === undefined ? undefined : checkEviction(redis)),
    memory: eviction,
    toError: toStoreError,
  });

  async function update(script: Script, key: string, ...values: string[]): Promise<"ok" | "lost"> {
    return readUpdate(await runScript(redis, script, prefix + key, values));
  }

  return {
    name: "redis",
    async check() {
      await check("check the server");
      await use("check the server", () => redis.eval("return 1", prefix, []));
    },
    claim: (key, { owner, leaseMs, retainMs }) =>
      use("claim", async () => {
        const values = [owner, durationText(leaseMs), durationText(leaseMs + retainMs)];
        return readClaim(await runScript(redis, scripts.claim, prefix + key, values));
      }),
    extend: ({ key, owner, fence }, leaseMs) =>
      use("extend", () => update(scripts.extend, key, owner, String(fence), durationText(leaseMs))),
    complete: ({ key, owner, fence }, { retainMs }) =>
      use("complete", () => update(scripts.complete, key, owner, String(fence), durationText(retainMs))),
    fail: ({ key, owner, fence }) => use("fail", () => update(scripts.fail, key, owner, String(fence))),
    purge: () => use("purge", async () => 0),
    close,
  };
}

/** A duration as the scripts read it: whole milliseconds above 0, or `never` for one without end. */
function durationText(milliseconds: number): string {
  return isEndless(milliseconds) ? "never" : String(Math.max(1, Math.ceil(milliseconds)));
}
