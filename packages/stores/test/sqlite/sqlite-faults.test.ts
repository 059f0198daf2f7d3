import { setTimeout as sleep } from "node:timers/promises";
import type { Claim, Store } from "@latchhook/core";
import { type SqliteDatabase, type SqliteStore, sqliteStore } from "@latchhook/stores/sqlite";
import Database from "libsql";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { temporaryFiles } from "./temporary-file.ts";

const newPath = temporaryFiles();
const long = { owner: "the test", leaseMs: 60_000, retainMs: 60_000 };
const retain = { retainMs: 60_000 };
const unavailable = expect.objectContaining({ code: "store-unavailable" });

let path: string;
let store: SqliteStore;
let database: SqliteDatabase;

beforeEach(async () => {
  path = newPath();
  store = sqliteStore({ path });
  database = await store.database();
  database.exec("CREATE TABLE texts (text NOT NULL)");
});

afterEach(() => store.close());

describe("a busy database", () => {
  it("is waited for, while the process goes on", async () => {
    const other = new Database(path);
    other.exec("BEGIN IMMEDIATE");
    let turns = 0;
    const counter = setInterval(() => turns++, 10);
    const claiming = store.claim(keyOf(1), long);
    await sleep(300);
    other.exec("COMMIT");
    expect(await claiming).toMatchObject({ state: "claimed", attempt: 1 });
    clearInterval(counter);
    other.close();
    // Each attempt blocks for 20 ms, so the timer loses some turns, but by far not all.
    expect(turns).toBeGreaterThan(5);
  });

  it("is given up after a second", async () => {
    const claim = await won(store, 1);
    const other = new Database(path);
    other.exec("BEGIN IMMEDIATE");
    const startedAt = performance.now();
    await expect(attempt(() => store.complete(claim, retain))).rejects.toEqual(unavailable);
    expect(performance.now() - startedAt).toBeLessThan(1_500);
    other.close();
    expect(await store.complete(claim, retain)).toBe("ok");
  });

  it("answers duplicates all the same: they need no lock", async () => {
    const claim = await won(store, 1);
    await store.complete(claim, retain);
    const other = new Database(path);
    other.exec("BEGIN IMMEDIATE");
    expect(await store.claim(claim.key, { ...long, owner: "a duplicate" })).toEqual({ state: "completed" });
    other.close();
  });
});

describe("a full disk", () => {
  it("fails what needs room, loses nothing, and works again when there is room", async () => {
    const claim = await won(store, 0);
    const own = new Database(newPath());
    own.exec("PRAGMA journal_mode = WAL");
    const full = sqliteStore({ database: own });
    await full.database();
    own.exec("PRAGMA max_page_count = 6");
    const done: Claim[] = [];
    await expect(
      attempt(async () => {
        for (let index = 0; index < 10_000; index++) {
          const next = await won(full, index);
          await full.complete(next, retain);
          done.push(next);
        }
      }),
    ).rejects.toEqual(unavailable);
    expect(done.length).toBeGreaterThan(10);
    for (const { key } of done) expect(await full.claim(key, long)).toEqual({ state: "completed" });
    own.exec("PRAGMA max_page_count = 10000");
    const next = await won(full, 10_001);
    expect(await full.complete(next, retain)).toBe("ok");
    await full.close();
    own.close();
    expect(await store.complete(claim, retain)).toBe("ok");
  });

  it("in the middle of commit leaves neither the work nor the mark", async () => {
    const claim = await won(store, 1);
    database.exec("PRAGMA max_page_count = 8");
    await expect(
      store.commit(claim, retain, (transaction) => {
        const insert = transaction.prepare("INSERT INTO texts VALUES (?)");
        for (let index = 0; index < 1_000; index++) insert.run("x".repeat(1_000));
      }),
    ).rejects.toMatchObject({ code: "SQLITE_FULL" });
    database.exec("PRAGMA max_page_count = 100000");
    expect(texts()).toEqual([]);
    expect(await store.commit(claim, retain, (transaction) => write(transaction, "room again"))).toBe("ok");
    expect(texts()).toEqual(["room again"]);
  });
});

describe("a file that may only be read", () => {
  it("fails claims, and still knows what is completed", async () => {
    const claim = await won(store, 1);
    await store.complete(claim, retain);
    const driver = (file: string) => {
      const readOnly = new Database(file);
      readOnly.exec("PRAGMA query_only = ON");
      return readOnly;
    };
    const reader = sqliteStore({ path, driver });
    expect(await reader.claim(claim.key, long)).toEqual({ state: "completed" });
    await expect(attempt(() => reader.claim(keyOf(2), long))).rejects.toThrow(/readonly/);
    await expect(attempt(() => reader.fail(claim))).rejects.toEqual(unavailable);
    await reader.close();
  });
});

describe("commit", () => {
  it("reports a COMMIT that the database refuses as its own failure, and nothing stays", async () => {
    database.exec("PRAGMA foreign_keys = ON; CREATE TABLE parents (id INTEGER PRIMARY KEY)");
    database.exec("CREATE TABLE children (id REFERENCES parents DEFERRABLE INITIALLY DEFERRED)");
    const claim = await won(store, 1);
    const orphan = (transaction: SqliteDatabase): unknown =>
      transaction.prepare("INSERT INTO children VALUES (?)").run(1);
    await expect(store.commit(claim, retain, orphan)).rejects.toEqual(unavailable);
    expect(database.prepare("SELECT * FROM children").all()).toEqual([]);
    expect(await store.claim(claim.key, { ...long, owner: "another" })).toMatchObject({ state: "in-flight" });
    expect(await store.fail(claim)).toBe("ok");
  });

  it("passes an SQLite error of the work on unchanged, and does not retry it", async () => {
    const claim = await won(store, 1);
    const busy = Object.assign(new Error("of another database"), { code: "SQLITE_BUSY" });
    let calls = 0;
    const work = (): never => {
      calls++;
      throw busy;
    };
    await expect(store.commit(claim, retain, work)).rejects.toBe(busy);
    expect(calls).toBe(1);
    const constraint = store.commit(claim, retain, (transaction) => {
      transaction.exec("INSERT INTO texts VALUES (NULL)");
    });
    await expect(constraint).rejects.toMatchObject({ code: "SQLITE_CONSTRAINT_NOTNULL" });
    expect(await store.commit(claim, retain, (transaction) => write(transaction, "fine"))).toBe("ok");
    expect(texts()).toEqual(["fine"]);
  });

  it("does not run the work of a claim that is lost", async () => {
    const claim = await won(store, 1);
    let calls = 0;
    expect(await store.commit({ ...claim, owner: "another" }, retain, () => calls++)).toBe("lost");
    expect(calls).toBe(0);
  });

  it("waits for a lock and then runs the work once", async () => {
    const claim = await won(store, 1);
    const other = new Database(path);
    other.exec("BEGIN IMMEDIATE");
    const committing = store.commit(claim, retain, (transaction) => write(transaction, "once"));
    await sleep(100);
    other.close();
    expect(await committing).toBe("ok");
    expect(texts()).toEqual(["once"]);
  });
});

describe("the application's own connection", () => {
  it("fails operations inside a transaction that the application has open, and leaves that alone", async () => {
    const own = new Database(newPath());
    const shared = sqliteStore({ database: own });
    const claim = await won(shared, 1);
    own.exec("CREATE TABLE texts (text); BEGIN; INSERT INTO texts VALUES ('uncommitted')");
    await expect(attempt(() => shared.complete(claim, retain))).rejects.toEqual(unavailable);
    await expect(shared.commit(claim, retain, () => {})).rejects.toEqual(unavailable);
    own.exec("COMMIT");
    expect(own.prepare("SELECT text FROM texts").all()).toEqual([{ text: "uncommitted" }]);
    expect(await shared.complete(claim, retain)).toBe("ok");
    own.close();
  });
});

describe("close", () => {
  it("waits for the opening and releases the file", async () => {
    const opening = sqliteStore({ path: newPath() });
    const claiming = opening.claim(keyOf(1), long);
    await opening.close();
    expect(await claiming).toMatchObject({ state: "claimed" });
    await expect(attempt(() => opening.claim(keyOf(1), long))).rejects.toEqual(unavailable);
  });
});

function keyOf(index: number): string {
  return index.toString(16).padStart(64, "0");
}

async function won(from: Store<SqliteDatabase>, index: number): Promise<Claim> {
  const result = await from.claim(keyOf(index), long);
  if (result.state !== "claimed") throw new Error(`The claim was not won: ${result.state}.`);
  return { key: keyOf(index), owner: long.owner, fence: result.fence };
}

function write(transaction: SqliteDatabase, text: string): void {
  transaction.prepare("INSERT INTO texts VALUES (?)").run(text);
}

function texts(): readonly unknown[] {
  const rows = database.prepare("SELECT text FROM texts").all() as { readonly text: string }[];
  return rows.map(({ text }) => text);
}

/** Makes a rejection of what an operation throws at once. */
async function attempt<Result>(operation: () => Result): Promise<Awaited<Result>> {
  return await operation();
}
