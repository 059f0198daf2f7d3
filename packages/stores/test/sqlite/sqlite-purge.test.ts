import { createHash } from "node:crypto";
import { type SqliteDatabase, sqliteStore } from "@latchhook/stores/sqlite";
import { describe, expect, it } from "vitest";
import { temporaryFiles } from "./temporary-file.ts";

const newPath = temporaryFiles();
const table = "latchhook_deliveries";

describe("purge", () => {
  it("removes 10,000 rows in bounded calls, and leaves the 500 that are in flight", async () => {
    const { store, database, advance } = await openStore();
    fill(database, 10_000, "completed", 50);
    fill(database, 500, "in flight", 1_000_000);
    advance(100);
    let removed = 0;
    for (;;) {
      const count = await store.purge(3_000);
      expect(count).toBeLessThanOrEqual(3_000);
      if (count === 0) break;
      removed += count;
    }
    expect(removed).toBe(10_000);
    expect(rowsOf(database)).toBe(500);
    await store.close();
  });

  it("finds one old row among 20,000 that are kept, and never blocks the process for long", async () => {
    const { store, database, advance } = await openStore();
    fill(database, 20_000, "kept", 1_000_000);
    fill(database, 1, "old", 50);
    advance(100);
    let turns = 0;
    const counter = setInterval(() => turns++, 1);
    expect(await store.purge(1)).toBe(1);
    clearInterval(counter);
    expect(turns, "the process had turns of its own").toBeGreaterThan(0);
    expect(await store.purge(1_000)).toBe(0);
    expect(rowsOf(database)).toBe(20_000);
    await store.close();
  });

  it("happens by itself: while deliveries complete, old rows do not pile up", async () => {
    const { store, database, advance } = await openStore();
    let most = 0;
    for (let index = 0; index < 4_000; index++) {
      const key = keyOf("by itself", index);
      const result = await store.claim(key, { owner: "the test", leaseMs: 100, retainMs: 100 });
      if (result.state !== "claimed") throw new Error(result.state);
      await store.complete({ key, owner: "the test", fence: result.fence }, { retainMs: 500 });
      advance(1);
      if (index % 100 === 0) most = Math.max(most, rowsOf(database));
    }
    // 500 rows are within their retention at any time, and the sweep comes round once in about 400 completions.
    expect(most).toBeLessThan(1_500);
    await store.close();
  });

  it("raises the fences of keys that come again above all that it removed", async () => {
    const { store, database, advance } = await openStore();
    fill(database, 100, "completed", 50, 7_000);
    advance(100);
    await store.purge(1_000);
    const key = keyOf("completed", 1);
    const again = await store.claim(key, { owner: "the test", leaseMs: 100, retainMs: 100 });
    expect(again).toMatchObject({ state: "claimed", fence: 7_001, attempt: 1, takeover: false });
    await store.close();
  });
});

describe("purge in another process", () => {
  it("raises the fences of this one too, which remembers where new keys begin", async () => {
    let time = 1_000;
    const now = (): number => time;
    const path = newPath();
    const [store, other] = [sqliteStore({ path, now }), sqliteStore({ path, now })];
    const brief = { owner: "the test", leaseMs: 100, retainMs: 100 };
    const first = await store.claim(keyOf("shared", 1), brief);
    fill(await other.database(), 10, "completed", 50, 7_000);
    time += 1_000;
    expect(await other.purge(100)).toBe(11);
    expect(first).toMatchObject({ fence: 1 });
    expect(await store.claim(keyOf("shared", 1), brief)).toMatchObject({ fence: 7_001, attempt: 1 });
    expect(await store.claim(keyOf("shared", 2), brief)).toMatchObject({ fence: 7_001, attempt: 1 });
    await Promise.all([store.close(), other.close()]);
  });
});

interface Opened {
  readonly store: ReturnType<typeof sqliteStore>;
  readonly database: SqliteDatabase;
  readonly advance: (milliseconds: number) => void;
}

async function openStore(): Promise<Opened> {
  let time = 1_000;
  const store = sqliteStore({ path: newPath(), now: () => time });
  const database = await store.database();
  // These tests write thousands of rows, and test no power cut.
  database.exec("PRAGMA synchronous = OFF");
  return {
    store,
    database,
    advance(milliseconds) {
      time += milliseconds;
    },
  };
}

/** Writes rows directly, as the store would have: completed ones, or such whose lease ends with their retention. */
function fill(database: SqliteDatabase, count: number, what: string, endsIn: number, fence = 1): void {
  const insert = database.prepare(`INSERT INTO ${table} VALUES (?, 'the test', ?, 1, 0, ?, ?, ?)`);
  const state = what === "in flight" ? 0 : 2;
  database.exec("BEGIN");
  for (let index = 0; index < count; index++) {
    insert.run(Buffer.from(keyOf(what, index), "hex"), fence, state, 1_000 + endsIn, 1_000 + endsIn);
  }
  database.exec("COMMIT");
}

function rowsOf(database: SqliteDatabase): number {
  const [row] = database.prepare(`SELECT count(*) AS rows FROM ${table}`).all();
  return Number((row as { readonly rows: number }).rows);
}

function keyOf(what: string, index: number): string {
  return createHash("sha256").update(`${what} ${index}`).digest("hex");
}
