import { join, resolve } from "node:path";
import type { Claim } from "@latchhook/core";
import { Pool } from "pg";
import { afterEach, beforeEach, expect, it } from "vitest";
import { dumpPostgres } from "../../../../test/support/dump-schema.ts";
import { readReleasedSteps, scriptOf, stagesOf } from "../../../../test/support/schema-steps.ts";
import {
  createDatabase,
  describeWithServer,
  findPostgres,
  runOnServer,
  type TestDatabase,
} from "../../../../test/support/servers.ts";
import { deliveriesSchema } from "../../src/postgres/migrations.ts";
import { resolveNames } from "../../src/postgres/names.ts";
import { postgresStore, printMigrations } from "../../src/postgres.ts";
import type { Migration } from "../../src/shared/migration.ts";
import { connectDatabase } from "../../src/shared/postgres/connect-database.ts";
import { createSchema } from "../../src/shared/postgres/schema.ts";
import { inboxRecord } from "../inbox-record.ts";
import { hold, newKey, rejectionOf, retain, stateOf } from "./faulty-database.ts";

const folder = resolve(import.meta.dirname, "../schema/postgres");
const released = readReleasedSteps(folder);
const present = join(folder, "present.txt");

it("a step that was released stays as it was", () => {
  expect(printMigrations()).toBe(scriptOf(released));
  for (const after of released.keys()) {
    expect(printMigrations({ after: after + 1 })).toBe(scriptOf(released.slice(after + 1)));
  }
});

it("a step leaves what earlier code calls, unless it is breaking", () => {
  const [, ...later] = deliveriesSchema(resolveNames({})).steps;
  for (const { breaking, statements } of later) {
    if (breaking) continue;
    expect(statements.join("\n")).not.toMatch(/\bDROP\b|\bOR REPLACE\b|\bRENAME\b|\bALTER FUNCTION\b/i);
  }
});

/** The statements that code sent which was released before there was an inbox. */
function codeBeforeTheInbox(pool: Pool) {
  async function call(operation: string, key: string, ...values: readonly unknown[]): Promise<string> {
    const others = values.map((_, index) => `, $${index + 2}`).join("");
    const sql = `SELECT latchhook_${operation}(decode($1, 'hex')${others}) AS outcome`;
    const { rows } = await pool.query(sql, [key, ...values]);
    return rows[0].outcome;
  }
  return {
    async claim(key: string) {
      const answer = await call("claim", key, "before", 600_000, 600_000);
      return { key, owner: "before", fence: Number(answer.split(" ")[1]), answer };
    },
    complete: ({ key, owner, fence }: Claim) => call("complete", key, owner, fence, 600_000),
    fail: ({ key, owner, fence }: Claim) => call("fail", key, owner, fence),
  };
}

describeWithServer("the schema of deliveries in PostgreSQL", await findPostgres(), (serverUrl) => {
  let database: TestDatabase;
  let pool: Pool;

  beforeEach(async () => {
    database = await createDatabase(serverUrl);
    pool = new Pool({ connectionString: database.url, max: 4 });
    // Dropping the database ends connections that are still being closed.
    pool.on("error", () => {});
  });

  afterEach(async () => {
    await pool.end();
    await database.drop();
  });

  /** Migrates as a later release would. */
  async function applyLater(...steps: readonly Omit<Migration, "version">[]): Promise<void> {
    const definition = deliveriesSchema(resolveNames({}));
    const known = definition.steps.length;
    const later = steps.map((step, index) => ({ ...step, version: known + 1 + index }));
    await createSchema(connectDatabase(pool, undefined), {
      ...definition,
      steps: [...definition.steps, ...later],
    }).migrate();
  }

  const additive: Omit<Migration, "version"> = {
    statements: ["ALTER TABLE latchhook_deliveries ADD COLUMN note text"],
  };
  const breaking: Omit<Migration, "version"> = {
    breaking: true,
    statements: ["DROP FUNCTION latchhook_claim(bytea, text, float8, float8)"],
  };

  it("of an empty database is the one on record", async () => {
    await postgresStore({ client: pool }).migrate();
    await expect(await dumpPostgres(database.url)).toMatchFileSnapshot(present);
  });

  it.each(stagesOf(released))("of a database with step %s becomes that one", async (_name, sql) => {
    await runOnServer(database.url, sql);
    await postgresStore({ client: pool }).migrate();
    await expect(await dumpPostgres(database.url)).toMatchFileSnapshot(present);
  });

  it("may grow under running code by steps that only add", async () => {
    const running = postgresStore({ client: pool });
    await running.migrate();
    const held = await hold(running);
    await applyLater(additive, { statements: ["SELECT 1"] });
    expect(await running.complete(held, retain)).toBe("ok");
    const started = postgresStore({ client: pool });
    await started.check();
    await started.migrate();
    expect(await stateOf(started, held.key)).toBe("completed");
  });

  it("lets code from before the inbox go on beside code that writes it", async () => {
    await runOnServer(database.url, scriptOf(released.slice(0, 2)));
    const before = codeBeforeTheInbox(pool);
    const keys = Array.from({ length: 24 }, newKey);
    const early = await Promise.all(keys.map((key) => before.claim(key)));
    const store = postgresStore({ client: pool });
    await store.migrate();
    await store.check();

    // What was claimed before the upgrade is completed after it, while others are written to the inbox.
    const recorded = await Promise.all(keys.map(() => hold(store)));
    const done = await Promise.all([
      ...early.map((claim) => before.complete(claim)),
      ...recorded.map((claim) => store.complete(claim, { ...retain, record: () => inboxRecord(claim) })),
    ]);
    expect(new Set(done)).toEqual(new Set(["ok"]));

    for (const key of keys) expect(await stateOf(store, key)).toBe("completed");
    for (const { key } of recorded) expect((await before.claim(key)).answer).toBe("completed");
    expect(await store.inbox.count({ state: "done" }, 100)).toBe(recorded.length);
  });

  it("lets either code take over what the other gave back, and refuses who lost the lease", async () => {
    await runOnServer(database.url, scriptOf(released.slice(0, 2)));
    const before = codeBeforeTheInbox(pool);
    const store = postgresStore({ client: pool });
    await store.migrate();
    const key = newKey();
    const first = await hold(store, key);
    const failed = () => inboxRecord({ key, state: "failed" });
    expect((await before.claim(key)).answer).toMatch(/^in-flight /);
    expect(await before.complete({ key, owner: "before", fence: first.fence })).toBe("lost");
    expect(await store.fail(first, { record: failed })).toBe("ok");

    const second = await before.claim(key);
    expect(second.answer).toMatch(/^claimed \d+ 2 f/);
    expect(await store.inbox.find(key)).toMatchObject({ delivery: { state: "running", runs: 1 } });
    const success = { ...retain, record: () => inboxRecord({ key }) };
    expect(await store.complete(first, success)).toBe("lost");
    expect(await before.fail(second)).toBe("ok");
    expect((await store.inbox.find(key))?.attempts).toHaveLength(1);

    expect(await store.complete(await hold(store, key), success)).toBe("ok");
    expect(await before.complete(second)).toBe("lost");
    expect((await before.claim(key)).answer).toBe("completed");
    expect(await store.inbox.find(key)).toMatchObject({ delivery: { state: "done", runs: 2 } });
  });

  it.each([
    ["breaking", [breaking]],
    ["breaking before others", [additive, breaking, { statements: ["SELECT 1"] }]],
  ])("that is newer by a step that is %s is refused, saying what to upgrade", async (_what, steps) => {
    const running = postgresStore({ client: pool });
    await running.migrate();
    await hold(running);
    await applyLater(...steps);
    const started = postgresStore({ client: pool });
    const operations = [
      () => started.check(),
      () => started.migrate(),
      () => hold(started),
      // What was running before notices when a statement no longer fits.
      () => hold(running),
    ];
    for (const operation of operations) {
      const error = await rejectionOf(operation);
      expect(error).toMatchObject({ code: "store-misconfigured" });
      expect(String(error)).toContain("Upgrade @latchhook/stores.");
      expect(String(error)).toContain(`at version ${released.length + steps.length}`);
    }
  });

  it("of the release that made it breaking is fine for that release", async () => {
    await postgresStore({ client: pool }).migrate();
    await applyLater(breaking);
    await applyLater(breaking);
    const { rows } = await pool.query("SELECT version, breaking FROM latchhook_migrations ORDER BY version");
    expect(rows).toEqual([
      { version: 1, breaking: false },
      { version: 2, breaking: false },
      { version: 3, breaking: false },
      { version: 4, breaking: true },
    ]);
  });
});
