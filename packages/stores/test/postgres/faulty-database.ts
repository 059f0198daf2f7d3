import { randomBytes, randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Claim, Store } from "@latchhook/core";
import { Pool, type PoolConfig } from "pg";
import { expect } from "vitest";
import { type FaultProxy, startFaultProxy } from "../../../../test/support/fault-proxy.ts";
import { createDatabase, type TestDatabase } from "../../../../test/support/servers.ts";
import { postgresStore } from "../../src/postgres.ts";

/** A database of one file's own, with a proxy in front of it. */
export interface FaultyDatabase {
  readonly database: TestDatabase;
  readonly proxy: FaultProxy;
  /** Goes straight to the server. */
  readonly admin: Pool;
  /** Makes a pool through the proxy that is checked for leaks, and ended, by `close`. */
  openPool(config?: PoolConfig): Pool;
  /** What the pools' statements failed with, in order: SQLSTATEs, or the names of connection errors. */
  readonly failures: string[];
  close(): Promise<void>;
}

/** Creates the tables and a table `effects`. */
export async function openFaultyDatabase(serverUrl: string): Promise<FaultyDatabase> {
  const database = await createDatabase(serverUrl);
  const proxy = await startFaultProxy(database.url, 5432);
  const admin = new Pool({ connectionString: database.url, max: 6 });
  await admin.query("CREATE TABLE effects (place serial PRIMARY KEY, text text NOT NULL)");
  await postgresStore({ client: admin }).migrate();
  const pools: Pool[] = [];
  const failures: string[] = [];

  return {
    database,
    proxy,
    admin,
    failures,
    openPool(config) {
      const pool = new Pool({ connectionString: proxy.through(database.url), max: 5, ...config });
      pool.on("error", () => {});
      pool.on("release", (error: Error & { code?: string }) => {
        if (error) failures.push(error.code ?? error.message);
      });
      pools.push(pool);
      return pool;
    },
    async close() {
      await Promise.all([admin, ...pools].map((pool) => (pool.ended ? undefined : pool.end())));
      await proxy.close();
      await database.drop();
    },
  };
}

export const longMs = 600_000;
export const retain = { retainMs: longMs };

export function newKey(): string {
  return randomBytes(32).toString("hex");
}

/** Claims a key, and requires to win. */
export async function hold<Transaction>(
  store: Store<Transaction>,
  key: string = newKey(),
  leaseMs: number = longMs,
): Promise<Claim> {
  const owner = randomUUID();
  const result = await store.claim(key, { owner, leaseMs, ...retain });
  if (result.state !== "claimed") throw new Error(`The claim should win, not answer ${result.state}.`);
  return { key, owner, fence: result.fence };
}

/** What another claims of `key` learns. */
export async function stateOf<Transaction>(store: Store<Transaction>, key: string): Promise<string> {
  const { state } = await store.claim(key, { owner: randomUUID(), leaseMs: longMs, ...retain });
  return state;
}

/** The error that `operation` rejects with. */
export async function rejectionOf(operation: () => unknown): Promise<{ code?: unknown; cause?: unknown }> {
  try {
    await operation();
  } catch (error) {
    return error as { code?: unknown; cause?: unknown };
  }
  throw new Error("It should have rejected.");
}

/** Requires that every connection is back in its pool. */
export async function expectNoLeak(pool: Pool): Promise<void> {
  await expect.poll(() => pool.totalCount - pool.idleCount, { timeout: 5_000 }).toBe(0);
  expect(pool.waitingCount).toBe(0);
}

/** Waits until a statement that contains `text` waits for a lock. */
export async function untilWaiting(admin: Pool, text: string): Promise<number> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const { rows } = await admin.query(
      "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE $1",
      [`%${text}%`],
    );
    if (rows.length > 0) return rows[0].pid;
    await sleep(10);
  }
  throw new Error(`No statement with "${text}" waits for a lock.`);
}

/** All that was written and committed. */
export async function readEffects(admin: Pool): Promise<string[]> {
  return (await admin.query("SELECT text FROM effects ORDER BY place")).rows.map((row) => row.text);
}
