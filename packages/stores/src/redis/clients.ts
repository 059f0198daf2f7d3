import { LatchhookError } from "@latchhook/core";

/** The subset of a client of `redis` (node-redis), single or cluster, that the store needs. */
export interface NodeRedisClient {
  evalSha(sha1: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>;
  eval(source: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>;
  info?(section: string): Promise<unknown>;
  readonly options?: object | undefined;
}

/** The subset of an `ioredis` client, single or cluster, that the store needs. */
export interface IoredisClient {
  evalsha(sha1: string, keyCount: number, ...keysAndArguments: string[]): Promise<unknown>;
  eval(source: string, keyCount: number, ...keysAndArguments: string[]): Promise<unknown>;
  info?(section: string): Promise<unknown>;
  readonly options?: object | undefined;
}

/** Any client that the store can use. */
export type RedisClient = NodeRedisClient | IoredisClient;

/** What the store needs of a Redis client, whichever it is. */
export interface Redis {
  evalSha(sha1: string, key: string, values: readonly string[]): Promise<unknown>;
  eval(source: string, key: string, values: readonly string[]): Promise<unknown>;
  /** The section "memory" of INFO; rejects where the client has no such command. */
  readMemoryInfo(): Promise<string>;
}

/**
 * Tells the clients apart by their methods.
 *
 * @throws LatchhookError `invalid-option` for anything else.
 */
export function connectRedis(client: RedisClient): Redis {
  if (isIoredis(client)) return fromIoredis(client);
  if (isNodeRedis(client)) return fromNodeRedis(client);
  throw new LatchhookError("invalid-option", "client must be a client of redis (node-redis) or of ioredis.");
}

function fromNodeRedis(client: NodeRedisClient): Redis {
  return {
    evalSha: (sha1, key, values) => client.evalSha(sha1, { keys: [key], arguments: [...values] }),
    eval: (source, key, values) => client.eval(source, { keys: [key], arguments: [...values] }),
    readMemoryInfo: () => readMemoryInfo(client),
  };
}

function fromIoredis(client: IoredisClient): Redis {
  return {
    evalSha: (sha1, key, values) => client.evalsha(sha1, 1, key, ...values),
    eval: (source, key, values) => client.eval(source, 1, key, ...values),
    readMemoryInfo: () => readMemoryInfo(client),
  };
}

async function readMemoryInfo(client: Pick<RedisClient, "info">): Promise<string> {
  if (client.info === undefined) throw new Error("ERR this client has no INFO command");
  return String(await client.info("memory"));
}

function isIoredis(client: RedisClient): client is IoredisClient {
  return hasMethods(client, ["evalsha", "eval"]);
}

function isNodeRedis(client: RedisClient): client is NodeRedisClient {
  return hasMethods(client, ["evalSha", "eval"]);
}

function hasMethods(value: unknown, names: readonly string[]): boolean {
  if (typeof value !== "object" || value === null) return false;
  return names.every((name) => typeof (value as Record<string, unknown>)[name] === "function");
}
