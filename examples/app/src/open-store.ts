import { memoryStore } from "@latchhook/stores/memory";
import { postgresStore } from "@latchhook/stores/postgres";
import { type SqliteDatabase, type SqliteStore, sqliteStore } from "@latchhook/stores/sqlite";
import type { PoolClient } from "pg";
import type { DatabaseUrl, PostgresUrl, SqliteUrl } from "./database-url.ts";
import { openPostgres } from "./open-postgres.ts";
import { openRedis } from "./open-redis.ts";
import { loadSqlite } from "./open-sqlite.ts";
import type { OpenStore } from "./persistence.ts";

/** Opens the store that a URL names. */
export async function openStore(location: DatabaseUrl): Promise<OpenStore> {
  switch (location.kind) {
    case "memory":
      return { store: memoryStore(), close: async () => {} };
    case "sqlite":
      return openSqliteStore(location);
    case "redis":
      return openRedisStore(location.url);
    case "postgres":
      return openPostgresStore(location);
  }
}

export async function openSqliteStore({
  path,
}: SqliteUrl): Promise<OpenStore<SqliteDatabase> & { readonly store: SqliteStore }> {
  const store = sqliteStore({ path, driver: await loadSqlite() });
  return { store, close: async () => store.close() };
}

export async function openPostgresStore({ url }: PostgresUrl): Promise<OpenStore<PoolClient>> {
  const pool = await openPostgres(url);
  const store = postgresStore({ client: pool });
  await store.migrate();
  return { store, close: () => pool.end() };
}

async function openRedisStore(url: string): Promise<OpenStore> {
  const { redisStore } = await import("@latchhook/stores/redis");
  const client = await openRedis(url);
  return { store: redisStore({ client }), close: () => client.close() };
}
