import { memoryStore } from "@latchhook/stores/memory";
import { postgresStore } from "@latchhook/stores/postgres";
import { type SqliteDatabase, type SqliteStore, sqliteStore } from "@latchhook/stores/sqlite";
import type { PoolClient } from "pg";
import type { DatabaseUrl, PostgresUrl, SqliteUrl } from "./database-url.ts";
import { openPostgres } from "./open-postgres.ts";
import { openRedis } from "./open-redis.ts";
import { loadSqlite } from "./open-sqlite.ts";
import type { OpenStore } from "./persistence.ts";

/**
 * Opens the store that a URL names.
 *
 * @throws Error that says what is missing: the server, a right, a table. Found now, and not at the first delivery.
 */
export async function openStore(location: DatabaseUrl, redisPrefix?: string): Promise<OpenStore> {
  switch (location.kind) {
    case "memory":
      return { store: memoryStore(), close: async () => {} };
    case "sqlite":
      return openSqliteStore(location);
    case "redis":
      return openRedisStore(location.url, redisPrefix);
    case "postgres":
      return openPostgresStore(location);
  }
}

export async function openSqliteStore({
  path,
}: SqliteUrl): Promise<OpenStore<SqliteDatabase> & { readonly store: SqliteStore }> {
  const store = sqliteStore({ path, driver: await loadSqlite() });
  await store.check();
  return { store, close: async () => store.close() };
}

/** @param connected told of each new connection. */
export async function openPostgresStore(
  { url }: PostgresUrl,
  connected: (client: PoolClient) => void = () => {},
): Promise<OpenStore<PoolClient>> {
  const pool = await openPostgres(url);
  pool.on("connect", connected);
  const store = postgresStore({ client: pool });
  await store.migrate();
  // Of tables that are said to be there: migrating looks at what is on record alone.
  await store.check();
  return { store, close: () => pool.end() };
}

async function openRedisStore(url: string, prefix: string | undefined): Promise<OpenStore> {
  const { redisStore } = await import("@latchhook/stores/redis");
  const client = await openRedis(url);
  const store = redisStore({ client, prefix });
  await store.check();
  return { store, close: () => client.close() };
}
