import { join, resolve } from "node:path";
import { type SqliteDatabase, sqliteStore } from "@latchhook/stores/sqlite";
import Database from "libsql";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { dumpSqlite } from "../../../../test/support/dump-schema.ts";
import { readReleasedSteps, stagesOf } from "../../../../test/support/schema-steps.ts";
import type { Migration } from "../../src/shared/migration.ts";
import { createConnection } from "../../src/shared/sqlite/connection.ts";
import { migrate } from "../../src/shared/sqlite/schema.ts";
import { deliveriesSchema, tablesNamed } from "../../src/sqlite/schema.ts";
import { temporaryFiles } from "./temporary-file.ts";

const newPath = temporaryFiles();
const folder = resolve(import.meta.dirname, "../schema/sqlite");
const released = readReleasedSteps(folder);
const present = join(folder, "present.txt");
const definition = deliveriesSchema(tablesNamed("latchhook_deliveries"));

describe("the schema of deliveries in SQLite", () => {
  let path: string;
  let database: SqliteDatabase;

  beforeEach(() => {
    path = newPath();
    database = new Database(path);
    database.exec("PRAGMA journal_mode = WAL");
  });

  afterEach(() => {
    database.close();
  });

  async function use(): Promise<string> {
    const store = sqliteStore({ path });
    try {
      const options = { owner: "the test", leaseMs: 60_000, retainMs: 60_000 };
      return (await store.claim("ab".repeat(32), options)).state;
    } finally {
      await store.close();
    }
  }

  /** Migrates as a later release would. */
  function applyLater(...steps: readonly Omit<Migration, "version">[]): void {
    const known = definition.steps.length;
    const later = steps.map((step, index) => ({ ...step, version: known + 1 + index }));
    const connection = createConnection(database);
    migrate(database, connection, { ...definition, steps: [...definition.steps, ...later] });
  }

  it("a step that was released stays as it was", () => {
    const statements = definition.steps.map((step) => step.statements.map((sql) => `${sql};\n`).join("\n"));
    expect(statements).toEqual(released.map(({ sql }) => sql));
  });

  it("of an empty file is the one on record", async () => {
    await use();
    await expect(dumpSqlite(database)).toMatchFileSnapshot(present);
  });

  it.each(stagesOf(released))("of a file with step %s becomes that one", async (name, sql) => {
    database.exec(sql);
    // As the store notes it; the first step does so itself.
    if (Number(name) > 1) {
      database.exec(`ALTER TABLE latchhook_deliveries_meta ADD COLUMN required_version INTEGER NOT NULL DEFAULT 1;
        UPDATE latchhook_deliveries_meta SET schema_version = ${Number(name)}`);
    }
    await use();
    await expect(dumpSqlite(database)).toMatchFileSnapshot(present);
  });

  it("may be newer by steps that only add", async () => {
    await use();
    applyLater(
      { statements: ["ALTER TABLE latchhook_deliveries ADD COLUMN note TEXT"] },
      { statements: ["CREATE TABLE more (id INTEGER)"] },
    );
    expect(await use()).toBe("claimed");
    expect(dumpSqlite(database)).toContain(
      '"schema_version":4,"fence_floor":0,"inbox_floor":0,"required_version":1',
    );
  });

  it("that is newer by a breaking step is refused, saying what to upgrade", async () => {
    await use();
    applyLater(
      { breaking: true, statements: ["ALTER TABLE latchhook_deliveries ADD COLUMN note TEXT"] },
      { statements: ["CREATE TABLE more (id INTEGER)"] },
    );
    await expect(use()).rejects.toMatchObject({
      code: "store-misconfigured",
      message: expect.stringMatching(/at version 4.*version 3 changed\. Upgrade @latchhook\/stores\./),
    });
  });
});
