import { sqliteStore } from "@latchhook/stores/sqlite";
import { createClient } from "@libsql/client";
import Database from "libsql";
import AsynchronousDatabase from "libsql/promise";
import { describe, expect, it } from "vitest";
import { temporaryFiles } from "./temporary-file.ts";

const newPath = temporaryFiles();

describe("sqliteStore refuses, when it is made, a client that cannot work, and says what to pass", () => {
  const method = (): void => {};
  const statement = { all: () => statement, run: () => statement };
  const clients: Readonly<Record<string, () => unknown>> = {
    "@libsql/client": () => createClient({ url: `file:${newPath()}` }),
    "libsql/promise": () => new AsynchronousDatabase(newPath(), {}),
    // By the methods that their documentation names.
    sqlite3: () => ({ exec: method, prepare: () => statement, close: method, parallelize: method }),
    "expo-sqlite": () => ({ execAsync: method, prepareAsync: method, closeAsync: method, execSync: method }),
    D1: () => ({
      exec: async () => {},
      prepare: () => ({ bind: method, all: async () => [] }),
      batch: method,
    }),
    "sql.js": () => ({ exec: method, prepare: () => ({ bind: method, step: method }), close: method }),
    "a statement that answers later": () => ({
      exec: method,
      prepare: () => ({ all: async () => [], run: async () => {} }),
      close: method,
    }),
  };
  it.each(Object.entries(clients))("%s", (_name, make) => {
    const create = (): unknown => sqliteStore({ database: make() as Database.Database });
    expect(create).toThrow(expect.objectContaining({ code: "invalid-option" }));
    expect(create).toThrow(/synchronous.*better-sqlite3/);
  });

  it("Drizzle, whose client it names", () => {
    const create = (): unknown => sqliteStore({ database: { $client: {} } as unknown as Database.Database });
    expect(create).toThrow(/db\.\$client/);
  });

  it("as the driver too, at the check", async () => {
    const driver = (path: string) => new AsynchronousDatabase(path, {}) as unknown as Database.Database;
    const store = sqliteStore({ path: newPath(), driver });
    await expect(store.check()).rejects.toMatchObject({ code: "invalid-option" });
    await store.close();
  });
});

describe("sqliteStore is checked at start", () => {
  it("and has its tables then", async () => {
    const path = newPath();
    const store = sqliteStore({ path, driver: (file) => new Database(file) });
    await store.check();
    const database = new Database(path);
    expect(database.prepare("SELECT count(*) AS n FROM latchhook_deliveries").all()).toEqual([{ n: 0 }]);
    database.close();
    await store.close();
  });

  it("and rejects where there is no room for the file", async () => {
    await expect(sqliteStore({ path: "/dev/null/deliveries.db" }).check()).rejects.toMatchObject({
      code: "store-unavailable",
    });
  });
});
