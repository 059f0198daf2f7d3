import type { Store } from "@latchhook/core";
import { memoryStore } from "@latchhook/stores/memory";
import { postgresStore } from "@latchhook/stores/postgres";
import { redisStore } from "@latchhook/stores/redis";
import { sqliteStore } from "@latchhook/stores/sqlite";
import Database from "libsql";
import type { PoolClient } from "pg";
import type { Crash } from "./crash.ts";
import type { Settings } from "./settings.ts";

/** A store, and how to release what it was opened with. */
export interface OpenStore {
  readonly store: Store<never>;
  close(): Promise<void>;
}

/** Opens the store that the settings name, as the documentation says. */
export async function openStore({ store: url, prefix }: Settings, crash: Crash): Promise<OpenStore> {
  if (url === "memory:") return { store: memoryStore(), close: async () => {} };
  if (url.startsWith("sqlite:")) return openSqlite(url.slice("sqlite:".length));
  return url.startsWith("redis:") ? openRedis(url, prefix) : openPostgres(url, crash);
}

function openSqlite(path: string): OpenStore {
  const store = sqliteStore({ path, driver: (file) => new Database(file) });
  return { store: store as unknown as Store<never>, close: async () => store.close() };
}

async function openRedis(url: string, prefix: string | undefined): Promise<OpenStore> {
  // The drivers are loaded by those who use them alone: many processes are started here, and it takes its time.
  const { createClient } = await import("redis");
  const client = createClient({
    url,
    disableOfflineQueue: true,
    socket: { reconnectStrategy: 20, connectTimeout: 1_000 },
  });
  client.on("error", () => {});
  await client.connect();
  return { store: redisStore({ client, prefix }), close: async () => void client.destroy() };
}

async function openPostgres(url: string, crash: Crash): Promise<OpenStore> {
  const { default: pg } = await import("pg");
  const pool = new pg.Pool({ connectionString: url, max: 5, connectionTimeoutMillis: 1_000 });
  pool.on("error", () => {});
  pool.on("connect", (client) => crashAtCommit(client, crash));
  const store = postgresStore({ client: pool });
  await store.migrate();
  return { store: store as unknown as Store<never>, close: () => pool.end() };
}

/** Ends the process once COMMIT is on its way to the server. */
function crashAtCommit(client: PoolClient, crash: Crash): void {
  const query = client.query.bind(client) as (...values: unknown[]) => unknown;
  const watched = (...values: unknown[]): unknown =>
    values[0] === "COMMIT" ? crash.during("in-commit-request", () => query(...values)) : query(...values);
  Object.assign(client, { query: watched });
}
