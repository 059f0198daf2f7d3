import {
  type Claim,
  type ClaimOptions,
  type ClaimResult,
  type ClaimUpdate,
  type FailOptions,
  LatchhookError,
  type RetainOptions,
  type Store,
  type StoreInbox,
} from "@latchhook/core";
import { openInbox } from "@latchhook/core/stores/inbox";
import { checkEviction } from "./redis/check-eviction.ts";
import { connectRedis, type Redis, type RedisClient } from "./redis/clients.ts";
import { createInboxPart } from "./redis/inbox/inbox-part.ts";
import { recordValues } from "./redis/inbox/row.ts";
import { toStoreError } from "./redis/redis-error.ts";
import { runScript } from "./redis/run-script.ts";
import type { Script } from "./redis/script.ts";
import { scripts } from "./redis/scripts.ts";
import { isEndless } from "./shared/duration.ts";
import { createGuard } from "./shared/guard.ts";
import { readClaim, readUpdate } from "./shared/read-outcome.ts";
import { type CheckMemory, rememberCheck } from "./shared/remember-check.ts";

export type { IoredisClient, NodeRedisClient, RedisClient, UpstashClient } from "./redis/clients.ts";

export interface RedisStoreOptions {
  /**
   * Your own client, of `redis` (node-redis; connected) or `ioredis`, single or cluster, or of `@upstash/redis`. The
   * store never closes it.
   * Switch its offline queue off, so that a delivery is refused at once while Redis is down; see `docs/stores.md`.
   */
  readonly client: RedisClient;
  /**
   * What every key begins with. Default: `"latchhook:"`. On a cluster the inbox needs one with a hash tag, such as
   * `"{latchhook}:"`, which places all keys on one node.
   */
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
  /** Left out on a cluster without a hash tag in `prefix`, as is `reopen`. */
  readonly inbox?: StoreInbox;
}

/**
 * Records deliveries in Redis 6 or later: shared by any number of processes, as durable as the server's persistence
 * makes it, without `commit`.
 *
 * Redis expires the records by itself; `purge` removes what is over of the inbox.
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

  const inbox = createInboxPart(redis, prefix, use);

  async function update(
    script: Script,
    keys: readonly string[],
    ...values: string[]
  ): Promise<"ok" | "lost"> {
    return readUpdate(String(await runScript(redis, script, keys, values)));
  }

  async function take(
    script: Script,
    keys: readonly string[],
    { owner, leaseMs, retainMs }: ClaimOptions,
  ): Promise<ClaimResult> {
    const values = [owner, durationText(leaseMs), durationText(leaseMs + retainMs)];
    return readClaim(String(await runScript(redis, script, keys, values)));
  }

  function complete({ key, owner, fence }: Claim, { retainMs, record }: RetainOptions): Promise<ClaimUpdate> {
    const values = [owner, String(fence), durationText(retainMs)];
    if (inbox === undefined || record === undefined)
      return update(scripts.complete, [prefix + key], ...values);
    return update(scripts.completeRecorded, [prefix + key, inbox.key], ...values, ...recordValues(record()));
  }

  function fail({ key, owner, fence }: Claim, { record }: FailOptions): Promise<ClaimUpdate> {
    const values = [owner, String(fence)];
    if (inbox === undefined || record === undefined) return update(scripts.fail, [prefix + key], ...values);
    return update(scripts.failRecorded, [prefix + key, inbox.key], ...values, ...recordValues(record()));
  }

  const store: RedisStore = {
    name: "redis",
    async check() {
      await check("check the server");
      await use("check the server", () => redis.eval("return 1", [prefix], []));
    },
    claim: (key, options) => use("claim", () => take(scripts.claim, [prefix + key], options)),
    extend: ({ key, owner, fence }, leaseMs) =>
      use("extend", () =>
        update(scripts.extend, [prefix + key], owner, String(fence), durationText(leaseMs)),
      ),
    complete: (claim, options) => use("complete", () => complete(claim, options)),
    fail: (claim, options = {}) => use("fail", () => fail(claim, options)),
    purge: (limit) => use("purge", async () => (inbox === undefined ? 0 : inbox.purge(limit))),
    close,
  };
  if (inbox === undefined) return store;
  return {
    ...store,
    reopen: (key, options) => use("reopen", () => take(scripts.reopen, [prefix + key, inbox.key], options)),
    inbox: { ...inbox.inbox, open: openInbox },
  };
}

/** A duration as the scripts read it: whole milliseconds above 0, or `never` for one without end. */
function durationText(milliseconds: number): string {
  return isEndless(milliseconds) ? "never" : String(Math.max(1, Math.ceil(milliseconds)));
}
