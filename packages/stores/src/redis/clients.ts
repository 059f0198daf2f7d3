import { LatchhookError } from "@latchhook/core";
import { hasMethods } from "../shared/has-methods.ts";

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

/** The subset of a client of `@upstash/redis`, which speaks HTTP, that the store needs. */
export interface UpstashClient {
  evalsha(sha1: string, keys: string[], values: string[]): Promise<unknown>;
  eval(source: string, keys: string[], values: string[]): Promise<unknown>;
  exec(command: [name: string, ...values: string[]]): Promise<unknown>;
  /** Tells it apart. */
  createScript(source: string): unknown;
  readonly options?: object | undefined;
}

/** Any client that the store can use. */
export type RedisClient = NodeRedisClient | IoredisClient | UpstashClient;

/** What the store needs of a Redis client, whichever it is. */
export interface Redis {
  /** Whether keys are placed by their names, and all of one script must be in one place. */
  readonly isCluster: boolean;
  evalSha(sha1: string, keys: readonly string[], values: readonly string[]): Promise<unknown>;
  eval(source: string, keys: readonly string[], values: readonly string[]): Promise<unknown>;
  /** The section "memory" of INFO; rejects where the client has no such command. */
  readMemoryInfo(): Promise<string>;
}

/**
 * Tells the clients apart by their methods.
 *
 * @throws LatchhookError `invalid-option` for anything else, and for what has such methods and answers otherwise.
 */
export function connectRedis(client: RedisClient): Redis {
  const instead = unfit(client);
  if (instead !== undefined) throw new LatchhookError("invalid-option", `client cannot be used: ${instead}`);
  if (isUpstash(client)) return fromUpstash(client);
  if (isIoredis(client)) return fromIoredis(client);
  if (isNodeRedis(client)) return fromNodeRedis(client);
  throw new LatchhookError(
    "invalid-option",
    "client must be a client of redis (node-redis), of ioredis or of @upstash/redis.",
  );
}

/** What to pass instead of a client that only looks like one; undefined for others. */
function unfit(client: unknown): string | undefined {
  if (hasMethods(client, "internal_send_command")) {
    return "it is redis before version 4, which answers to callbacks. Install redis 4 or later.";
  }
  if (hasMethods(client, "execAsPipeline") || isPipeline(client)) {
    return "it is a pipeline or a MULTI. Pass the client that it was made from.";
  }
  if (isLegacy(client)) {
    return "it is in legacy mode, where commands answer to callbacks. Pass a client that was made without legacyMode, or the one whose legacy() this is.";
  }
  return undefined;
}

/** `legacyMode` of redis 4, and `client.legacy()` of later ones, which has commands and no connection. */
function isLegacy(client: unknown): boolean {
  if (!hasMethods(client, "evalSha", "sendCommand")) return false;
  if (!hasMethods(client, "connect")) return true;
  const { options } = client as NodeRedisClient;
  return options !== undefined && "legacyMode" in options && options.legacyMode === true;
}

/** A pipeline has all methods of its client, and keeps commands back. */
function isPipeline(client: unknown): boolean {
  return isIoredisPipeline(client) || isUpstashPipeline(client);
}

function isIoredisPipeline(client: unknown): boolean {
  return hasMethods(client, "evalsha") && "isPipeline" in client && client.isPipeline === true;
}

/** A client of @upstash/redis has the methods of its own pipeline as well. */
function isUpstashPipeline(client: unknown): boolean {
  return hasMethods(client, "evalsha", "exec", "length") && !hasMethods(client, "createScript");
}

function fromNodeRedis(client: NodeRedisClient): Redis {
  return {
    isCluster: hasMethods(client, "nodeClient"),
    evalSha: (sha1, keys, values) => client.evalSha(sha1, { keys: [...keys], arguments: [...values] }),
    eval: (source, keys, values) => client.eval(source, { keys: [...keys], arguments: [...values] }),
    readMemoryInfo: () => readMemoryInfo(client),
  };
}

function fromIoredis(client: IoredisClient): Redis {
  return {
    isCluster: "isCluster" in client && client.isCluster === true,
    evalSha: (sha1, keys, values) => client.evalsha(sha1, keys.length, ...keys, ...values),
    eval: (source, keys, values) => client.eval(source, keys.length, ...keys, ...values),
    readMemoryInfo: () => readMemoryInfo(client),
  };
}

/** Its commands of one moment are sent as one request. All that it may use of an answer is one text: it reads JSON. */
function fromUpstash(client: UpstashClient): Redis {
  return {
    isCluster: false,
    evalSha: (sha1, keys, values) => replyOnly(client.evalsha(sha1, [...keys], [...values])),
    eval: (source, keys, values) => replyOnly(client.eval(source, [...keys], [...values])),
    readMemoryInfo: async () => String(await replyOnly(client.exec(["INFO", "memory"]))),
  };
}

/** Its errors repeat the whole command, bodies of deliveries too; what is thrown on is the server's reply alone. */
async function replyOnly(answer: Promise<unknown>): Promise<unknown> {
  try {
    return await answer;
  } catch (error) {
    if (!(error instanceof Error) || error.name !== "UpstashError") throw error;
    throw new Error(error.message.replace(/^Command failed: /, "").replace(/, command was: [\s\S]*$/, ""));
  }
}

async function readMemoryInfo(client: Pick<NodeRedisClient, "info">): Promise<string> {
  if (client.info === undefined) throw new Error("ERR this client has no INFO command");
  return String(await client.info("memory"));
}

function isUpstash(client: RedisClient): client is UpstashClient {
  return hasMethods(client, "createScript", "evalsha", "eval", "exec");
}

function isIoredis(client: RedisClient): client is IoredisClient {
  return hasMethods(client, "evalsha", "eval");
}

function isNodeRedis(client: RedisClient): client is NodeRedisClient {
  return hasMethods(client, "evalSha", "eval");
}
