import { randomUUID } from "node:crypto";
import type { Pool } from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { describeWithServer, findPostgres } from "../../../../test/support/servers.ts";
import { postgresStore } from "../../src/postgres.ts";
import { coalesce } from "../../src/shared/coalesce.ts";
import {
  expectNoLeak,
  type FaultyDatabase,
  hold,
  longMs,
  newKey,
  openFaultyDatabase,
  rejectionOf,
  retain,
  stateOf,
} from "./faulty-database.ts";

const many = Array.from({ length: 64 }, (_, index) => index);

describeWithServer("postgresStore gathers calls that come at once", await findPostgres(), (serverUrl) => {
  let faulty: FaultyDatabase;
  let pool: Pool;
  let statements = 0;

  beforeAll(async () => {
    faulty = await openFaultyDatabase(serverUrl);
    pool = faulty.openPool();
    pool.on("acquire", () => {
      statements++;
    });
  });

  afterAll(() => faulty.close());

  it("64 claims and 64 completions take few statements, and each gets its own answer", async () => {
    const store = postgresStore({ client: pool });
    const completedBefore = await hold(store);
    await store.complete(completedBefore, retain);
    const heldBefore = await hold(store);
    statements = 0;
    const keys = many.map(newKey);
    const [held, completed, inFlight] = await Promise.all([
      Promise.all(keys.map((key) => hold(store, key))),
      stateOf(store, completedBefore.key),
      stateOf(store, heldBefore.key),
    ]);
    expect([completed, inFlight]).toEqual(["completed", "in-flight"]);
    expect(held.map(({ key }) => key)).toEqual(keys);
    const lost = { ...heldBefore, owner: randomUUID() };
    const answers = await Promise.all([lost, ...held].map((claim) => store.complete(claim, retain)));
    expect(answers).toEqual(["lost", ...keys.map(() => "ok")]);
    expect(statements).toBeLessThanOrEqual(6);
    for (const key of keys) expect(await stateOf(store, key)).toBe("completed");
  });

  it("a key that is claimed by several at once, in one batch, has one winner", async () => {
    const store = postgresStore({ client: pool });
    const options = { leaseMs: longMs, ...retain };
    const keys = many.slice(0, 20).map(newKey);
    const failedBefore = await Promise.all(keys.slice(0, 5).map((key) => hold(store, key)));
    await Promise.all(failedBefore.map((claim) => store.fail(claim)));
    const owners = ["one", "two", "three"];
    const [states, repeated] = await Promise.all([
      Promise.all(
        keys.map((key) => Promise.all(owners.map((owner) => store.claim(key, { owner, ...options })))),
      ),
      Promise.all([1, 2].map(() => store.claim("0".repeat(64), { owner: "same", ...options }))),
    ]);
    states.forEach((ofKey, index) => {
      expect(ofKey.map(({ state }) => state).sort()).toEqual(["claimed", "in-flight", "in-flight"]);
      expect(ofKey.find(({ state }) => state === "claimed")).toMatchObject({ attempt: index < 5 ? 2 : 1 });
    });
    expect(repeated[0]).toMatchObject({ state: "claimed", attempt: 1, takeover: false });
    expect(repeated[1]).toEqual(repeated[0]);
  });

  it("a completion that is repeated in one batch is answered ok each time", async () => {
    const store = postgresStore({ client: pool });
    const held = await hold(store);
    const forEver = await hold(store);
    const answers = await Promise.all([
      store.complete(held, retain),
      store.complete(held, retain),
      store.complete({ ...held, fence: held.fence + 1 }, retain),
      store.complete(forEver, { retainMs: Number.POSITIVE_INFINITY }),
    ]);
    expect(answers).toEqual(["ok", "ok", "lost", "ok"]);
    const { rows } = await pool.query(
      "SELECT expires_at::text FROM latchhook_deliveries WHERE key = decode($1, 'hex')",
      [forEver.key],
    );
    expect(rows).toEqual([{ expires_at: "infinity" }]);
  });

  it("a call that the server refuses fails alone", async () => {
    const store = postgresStore({ client: pool });
    const options = { leaseMs: longMs, ...retain };
    const good = many.map((index) => store.claim(newKey(), { owner: `owner "${index}" \\ {x}`, ...options }));
    const bad = [
      rejectionOf(() => store.claim(newKey(), { owner: "NUL \0", ...options })),
      rejectionOf(() => store.claim("not hex", { owner: "one", ...options })),
      rejectionOf(() => store.claim("abcd", { owner: "one", ...options })),
    ];
    for (const result of await Promise.all(good)) expect(result.state).toBe("claimed");
    for (const error of await Promise.all(bad)) expect(error).toMatchObject({ code: "store-unavailable" });
    await expectNoLeak(pool);
  });

  it("a call that waits for a lock holds the others up for a moment only", async () => {
    const store = postgresStore({ client: pool });
    const stuck = await hold(store, newKey(), 1);
    const other = await faulty.admin.connect();
    await other.query("BEGIN");
    await other.query("SELECT 1 FROM latchhook_deliveries WHERE key = decode($1, 'hex') FOR UPDATE", [
      stuck.key,
    ]);
    const blocked = rejectionOf(() => hold(store, stuck.key));
    await new Promise((resolve) => setTimeout(resolve, 10));
    const startedAt = performance.now();
    await Promise.all(many.map(() => hold(store)));
    expect(performance.now() - startedAt).toBeLessThan(900);
    expect(await blocked).toMatchObject({ cause: { code: "55P03" } });
    await other.query("ROLLBACK");
    other.release();
  });

  it("two processes that claim and complete the same keys in any order do not deadlock", async () => {
    const first = postgresStore({ client: pool });
    const second = postgresStore({ client: faulty.openPool() });
    faulty.failures.length = 0;
    for (let round = 0; round < 5; round++) {
      const keys = many.map(newKey);
      const held = await Promise.all(keys.map((key) => hold(first, key, 1)));
      await new Promise((resolve) => setTimeout(resolve, 5));
      const [answers, states] = await Promise.all([
        Promise.all(held.map((claim) => first.complete(claim, retain))),
        Promise.all([...keys].reverse().map((key) => stateOf(second, key))),
      ]);
      states.reverse();
      answers.forEach((answer, index) => {
        expect([answer, states[index]]).toBeOneOf([
          ["ok", "completed"],
          ["lost", "claimed"],
        ]);
      });
    }
    expect(faulty.failures).toEqual([]);
  });
});

describe("coalesce", () => {
  const pause = (milliseconds: number): Promise<void> =>
    new Promise((resolve) => setTimeout(resolve, milliseconds));

  it("sends a call alone when the wire is free, and gathers those that come meanwhile", async () => {
    const sent: unknown[] = [];
    const submit = coalesce<number, number>({
      async sendOne(item) {
        sent.push(item);
        await pause(5);
        return item * 2;
      },
      async sendMany(items) {
        sent.push(items);
        await pause(5);
        return items.map((item) => item * 2);
      },
      isDivisible: () => false,
    });
    const first = submit(1);
    await pause(1);
    const others = [2, 3, 4].map(submit);
    expect(await Promise.all([first, ...others])).toEqual([2, 4, 6, 8]);
    expect(await submit(5)).toBe(10);
    expect(sent).toEqual([1, [2, 3, 4], 5]);
  });

  it("rejects every call of a batch that failed as a whole", async () => {
    const cut = new Error("The connection is cut.");
    const submit = coalesce<number, number>({
      sendOne: async () => 1,
      sendMany: async () => Promise.reject(cut),
      isDivisible: () => false,
    });
    const outcomes = await Promise.allSettled([1, 2, 3].map(submit));
    expect(outcomes).toEqual([1, 2, 3].map(() => ({ status: "rejected", reason: cut })));
    expect(await submit(4)).toBe(1);
  });
});
