import type { JobStore } from "@latchhook/jobs";
import type { PostgresUrl, SqliteUrl } from "./database-url.ts";
import { openPostgres } from "./open-postgres.ts";
import { loadSqlite } from "./open-sqlite.ts";

/** The table of jobs, and how to release what it uses. */
export interface OpenJobStore {
  readonly store: JobStore;
  close(): Promise<void>;
}

/** The reconciler asks about four jobs at once. */
const postgresConnections = 4;

/** Opens the table of jobs in the app's own database, and creates it where it is missing. */
export async function openJobStore(location: SqliteUrl | PostgresUrl): Promise<OpenJobStore> {
  const opened = await open(location);
  await opened.store.migrate();
  return opened;
}

async function open(location: SqliteUrl | PostgresUrl): Promise<OpenJobStore> {
  if (location.kind === "sqlite") {
    const { sqliteJobs } = await import("@latchhook/jobs/sqlite");
    const store = sqliteJobs({ path: location.path, driver: await loadSqlite() });
    return { store, close: async () => store.close() };
  }
  const { postgresJobs } = await import("@latchhook/jobs/postgres");
  const pool = await openPostgres(location.url, postgresConnections);
  return { store: postgresJobs({ client: pool }), close: () => pool.end() };
}
