import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import pg from "pg";
import { describe, it } from "vitest";
import { answersPostgres } from "./postgres-server.ts";
import { speaksRedis } from "./redis-server.ts";
import { within } from "./within.ts";

/** A server that tests can use, or why there is none. */
export type FoundServer = { readonly url: string } | { readonly missing: string };

/** Where `servers-setup.ts` leaves the address of what it has found or started. */
export const postgresVariable = "LATCHHOOK_TEST_POSTGRES_URL";
/** The same for Redis. */
export const redisVariable = "LATCHHOOK_TEST_REDIS_URL";

/** The PostgreSQL of this test run: `DATABASE_URL`, the local standard port, or what the set-up has started. */
export async function findPostgres(): Promise<FoundServer> {
  const candidates = [
    process.env.DATABASE_URL,
    process.env[postgresVariable],
    "postgres://postgres@127.0.0.1:5432/postgres",
  ];
  for (const url of candidates) if (url !== undefined && (await answersPostgres(url))) return { url };
  return { missing: "no PostgreSQL answers at DATABASE_URL or 127.0.0.1:5432, and none could be started" };
}

/** The Redis of this test run: `REDIS_URL`, the local standard port, or what the set-up has started. */
export async function findRedis(): Promise<FoundServer> {
  const candidates = [process.env.REDIS_URL, process.env[redisVariable], "redis://127.0.0.1:6379"];
  for (const url of candidates) if (url !== undefined && (await answersRedis(url))) return { url };
  return {
    missing: "no Redis answers at REDIS_URL or 127.0.0.1:6379, and there is no redis-server on the PATH",
  };
}

function answersRedis(url: string): Promise<boolean> {
  const { hostname, port } = new URL(url);
  return speaksRedis(Number(port) || 6379, hostname);
}

/** Whether tests can start a `redis-server` of their own. */
export function findRedisBinary(): FoundServer {
  const { status } = spawnSync("redis-server", ["--version"], { stdio: "ignore", timeout: 10_000 });
  return status === 0 ? { url: "redis-server" } : { missing: "there is no redis-server on the PATH" };
}

/**
 * Describes tests that need a server. Where it is missing they are skipped with the reason; in CI (`CI=true`) they
 * fail, so that nothing passes there unseen.
 */
export function describeWithServer(name: string, server: FoundServer, body: (url: string) => void): void {
  if ("url" in server) {
    describe(name, () => body(server.url));
  } else if (process.env.CI === "true") {
    it(name, () => {
      throw new Error(`This suite must run in CI, but ${server.missing}.`);
    });
  } else {
    describe.skip(`${name} (skipped: ${server.missing})`, () => {
      it("needs its server", () => {});
    });
  }
}

/** A database of one test file's own. */
export interface TestDatabase {
  readonly name: string;
  readonly url: string;
  /** Drops it, and ends whatever is still connected. */
  drop(): Promise<void>;
}

/** Creates a database with a random name, so that parallel files and runs do not disturb each other. */
export async function createDatabase(serverUrl: string): Promise<TestDatabase> {
  const name = `latchhook_test_${randomBytes(6).toString("hex")}`;
  await runOnServer(serverUrl, `CREATE DATABASE ${name}`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return {
    name,
    url: url.href,
    drop: () => runOnServer(serverUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
  };
}

/** Runs SQL on a connection of its own. */
export async function runOnServer(url: string, sql: string): Promise<void> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: 10_000,
    query_timeout: 30_000,
  });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await within(client.end(), 5_000, "The end of the connection").catch(() => {});
  }
}

/** A key prefix of one test file's own. */
export function redisTestPrefix(): string {
  return `latchhook-test-${randomBytes(6).toString("hex")}:`;
}
