import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type SqliteStoreOptions, sqliteStore } from "@latchhook/stores/sqlite";
import Database from "libsql";
import { describe, expect, it } from "vitest";
import { temporaryFiles } from "./temporary-file.ts";

const newPath = temporaryFiles();
const key = "ab".repeat(32);
const options = { owner: "the test", leaseMs: 60_000, retainMs: 60_000 };

describe("sqliteStore opens", () => {
  it("at the first use and not before, with the folders that are missing", async () => {
    const path = join(dirname(newPath()), "one", "two", "deliveries.db");
    const store = sqliteStore({ path });
    expect(existsSync(dirname(path))).toBe(false);
    expect(await store.claim(key, options)).toMatchObject({ state: "claimed" });
    expect(existsSync(path)).toBe(true);
    await store.close();
  });

  it("once, for operations that come together", async () => {
    let opened = 0;
    const driver = (path: string) => {
      opened++;
      return new Database(path);
    };
    const store = sqliteStore({ path: newPath(), driver });
    await Promise.all(Array.from({ length: 20 }, () => store.claim(key, options)));
    expect(opened, "the flushed and the unflushed connection").toBe(2);
    await store.close();
  });

  it("again after a failure", async () => {
    const path = newPath();
    let failures = 1;
    const driver = (file: string) => {
      if (failures-- > 0) throw new Error("no room");
      return new Database(file);
    };
    const store = sqliteStore({ path, driver });
    await expect(store.claim(key, options)).rejects.toMatchObject({ code: "store-unavailable" });
    expect(await store.claim(key, options)).toMatchObject({ state: "claimed" });
    await store.close();
  });

  it("a file that an earlier process left, with its records", async () => {
    const path = newPath();
    const first = sqliteStore({ path });
    const claimed = await first.claim(key, options);
    const fence = claimed.state === "claimed" ? claimed.fence : 0;
    await first.complete({ key, owner: options.owner, fence }, { retainMs: 60_000 });
    await first.close();
    const second = sqliteStore({ path });
    expect(await second.claim(key, options)).toEqual({ state: "completed" });
    await second.close();
  });

  it("in WAL mode, flushing every commit of the connection that it hands out", async () => {
    const store = sqliteStore({ path: newPath() });
    const database = await store.database();
    expect(database.prepare("PRAGMA journal_mode").all()).toEqual([{ journal_mode: "wal" }]);
    expect(database.prepare("PRAGMA synchronous").all()).toEqual([{ synchronous: 2 }]);
    await store.close();
  });

  it("the application's connection with flushed commits, and leaves it open", async () => {
    const database = new Database(newPath());
    database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
    const store = sqliteStore({ database });
    expect(await store.database()).toBe(database);
    expect(database.prepare("PRAGMA synchronous").all()).toEqual([{ synchronous: 2 }]);
    await store.close();
    expect(database.prepare("SELECT 1 AS one").all()).toEqual([{ one: 1 }]);
    database.close();
  });

  it("two tables in one file that know nothing of each other", async () => {
    const path = newPath();
    const [one, other] = [sqliteStore({ path, table: "one" }), sqliteStore({ path, table: "other" })];
    expect(await one.claim(key, options)).toMatchObject({ state: "claimed" });
    expect(await other.claim(key, { ...options, owner: "another" })).toMatchObject({ state: "claimed" });
    await Promise.all([one.close(), other.close()]);
  });
});

describe("sqliteStore refuses", () => {
  const damaged: Readonly<Record<string, (path: string) => void>> = {
    "a file that is no database": (path) => writeFileSync(path, "no database at all ".repeat(500)),
    "a file cut off in its header": (path) =>
      writeFileSync(path, readFileSync(databaseFile()).subarray(0, 60)),
    "a file whose schema page is overwritten": (path) => {
      const bytes = readFileSync(databaseFile());
      writeFileSync(path, bytes.fill(0xff, 100, 4_000));
    },
    "tables of a newer version": (path) =>
      change(path, "UPDATE latchhook_deliveries_meta SET schema_version = 99"),
    "a version that is no number": (path) =>
      change(path, "UPDATE latchhook_deliveries_meta SET schema_version = 'x'"),
    "a missing version": (path) => change(path, "DELETE FROM latchhook_deliveries_meta"),
    "a missing meta table": (path) => change(path, "DROP TABLE latchhook_deliveries_meta"),
    "a missing deliveries table": (path) => change(path, "DROP TABLE latchhook_deliveries"),
    "a missing column": (path) => change(path, "ALTER TABLE latchhook_deliveries DROP COLUMN takeover"),
    "another meta table": (path) =>
      change(path, "ALTER TABLE latchhook_deliveries_meta RENAME COLUMN schema_version TO version"),
  };
  for (const [what, damage] of Object.entries(damaged)) {
    it(`${what}: store-misconfigured`, async () => {
      const path = newPath();
      damage(path);
      const store = sqliteStore({ path });
      await expect(store.claim(key, options)).rejects.toMatchObject({ code: "store-misconfigured" });
      await store.close();
    });
  }

  it("a database in memory: each connection would have its own", async () => {
    const store = sqliteStore({ path: ":memory:" });
    await expect(store.claim(key, options)).rejects.toThrow(/memoryStore/);
  });

  it("a path that cannot be created: store-unavailable", async () => {
    const file = newPath();
    writeFileSync(file, "a file, where a folder is needed");
    const store = sqliteStore({ path: join(file, "deliveries.db") });
    await expect(store.claim(key, options)).rejects.toMatchObject({ code: "store-unavailable" });
  });

  const wrong: Readonly<Record<string, unknown>> = {
    "neither a path nor a database": {},
    "both a path and a database": { path: "a.db", database: {} },
    "an empty path": { path: " " },
    "a path that is no string": { path: 1 },
    "a table name with a quote": { path: "a.db", table: 'a"; DROP TABLE b; --' },
    "an empty table name": { path: "a.db", table: "" },
  };
  for (const [what, given] of Object.entries(wrong)) {
    it(`${what}: invalid-option`, () => {
      const construct = (): unknown => sqliteStore(given as SqliteStoreOptions);
      expect(construct).toThrow(expect.objectContaining({ code: "invalid-option" }));
    });
  }

  it("a key that is not a delivery key, before anything is written", async () => {
    const store = sqliteStore({ path: newPath() });
    for (const bad of ["", "zz".repeat(32), "AB".repeat(32), `${key}0`, `${key}\n`]) {
      await expect((async () => store.claim(bad, options))()).rejects.toMatchObject({
        code: "invalid-option",
      });
    }
    await store.close();
  });
});

/** A file that a store has made. */
function databaseFile(): string {
  const path = newPath();
  change(path, "SELECT 1");
  return path;
}

/** Lets a store make the file, and then runs `sql` on it. */
function change(path: string, sql: string): void {
  const database = new Database(path);
  database.exec(`
    CREATE TABLE latchhook_deliveries (key BLOB PRIMARY KEY NOT NULL, owner TEXT NOT NULL, fence INTEGER NOT NULL,
      attempt INTEGER NOT NULL, takeover INTEGER NOT NULL, state INTEGER NOT NULL, lease_until INTEGER NOT NULL,
      purge_after INTEGER NOT NULL) WITHOUT ROWID;
    CREATE TABLE latchhook_deliveries_meta (id INTEGER PRIMARY KEY CHECK (id = 1), schema_version INTEGER NOT NULL,
      fence_floor INTEGER NOT NULL);
    INSERT INTO latchhook_deliveries_meta VALUES (1, 1, 0);`);
  database.exec(sql);
  database.close();
}
