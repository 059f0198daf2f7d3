import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createDatabase, describeWithServer, findPostgres, runOnServer } from "../../support/servers.ts";

/** A database of one test's own: the app's `STORE_URL`. */
export interface StorePlace {
  readonly url: string;
  /** Runs SQL on a connection of its own, such as what breaks a table. */
  run(sql: string): Promise<void>;
  remove(): Promise<void>;
}

const postgres = await findPostgres();

/** The same tests on SQLite and on PostgreSQL, where the app writes in the store's transaction. */
export function describeStores(title: string, tests: (open: () => Promise<StorePlace>) => void): void {
  describeWithServer(`${title}, on SQLite`, { url: "" }, () => tests(openFile));
  describeWithServer(`${title}, on PostgreSQL`, postgres, (url) => tests(() => openDatabase(url)));
}

async function openFile(): Promise<StorePlace> {
  const folder = await mkdtemp(join(tmpdir(), "latchhook-conformance-"));
  const path = join(folder, "app.db");
  return {
    url: `sqlite:${path}`,
    async run(sql) {
      const { default: Database } = await import("libsql");
      const database = new Database(path);
      // The app may be writing.
      database.exec("PRAGMA busy_timeout = 5000");
      database.exec(sql);
      database.close();
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

async function openDatabase(serverUrl: string): Promise<StorePlace> {
  const { url, drop } = await createDatabase(serverUrl);
  return { url, run: (sql) => runOnServer(url, sql), remove: drop };
}
