import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { JobStore } from "@latchhook/jobs";
import { postgresJobs, printJobMigrations } from "@latchhook/jobs/postgres";
import { sqliteJobs } from "@latchhook/jobs/sqlite";
import type { SqliteDatabase } from "@latchhook/stores/sqlite";
import Database from "libsql";
import pg from "pg";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { dumpPostgres, dumpSqlite } from "../../../../test/support/dump-schema.ts";
import { readReleasedSteps, scriptOf, stagesOf } from "../../../../test/support/schema-steps.ts";
import {
  createDatabase,
  describeWithServer,
  findPostgres,
  runOnServer,
  type TestDatabase,
} from "../../../../test/support/servers.ts";
import { jobsSchema, tablesNamed } from "../../src/stores/sqlite/schema.ts";

const folder = resolve(import.meta.dirname, "../schema");
const owner = { scope: "", provider: "ai-stats" };

function unversioned(database: string): string {
  return readFileSync(join(folder, database, "unversioned.sql"), "utf8");
}

/** Records a job, and reads it again. */
async function use(store: JobStore): Promise<string | undefined> {
  const news = { id: "j1", status: "processing", progress: null, settled: false } as const;
  await store.advance(owner, { ...news, checkInMs: 60_000, authoritative: false });
  return (await store.get(owner, "j1"))?.status;
}

describeWithServer("the schema of jobs in PostgreSQL", await findPostgres(), (serverUrl) => {
  const released = readReleasedSteps(join(folder, "postgres"));
  const present = join(folder, "postgres", "present.txt");
  let database: TestDatabase;
  let pool: pg.Pool;

  beforeEach(async () => {
    database = await createDatabase(serverUrl);
    pool = new pg.Pool({ connectionString: database.url, max: 4 });
    // Dropping the database ends connections that are still being closed.
    pool.on("error", () => {});
  });

  afterEach(async () => {
    await pool.end();
    await database.drop();
  });

  test("a step that was released stays as it was", () => {
    expect(printJobMigrations()).toBe(scriptOf(released));
    expect(printJobMigrations({ after: released.length })).toBe(scriptOf([]));
  });

  test("of an empty database is the one on record", async () => {
    await postgresJobs({ client: pool }).migrate();
    await expect(await dumpPostgres(database.url)).toMatchFileSnapshot(present);
  });

  test.each(stagesOf(released))("of a database with step %s becomes that one", async (_name, sql) => {
    await runOnServer(database.url, sql);
    await postgresJobs({ client: pool }).migrate();
    await expect(await dumpPostgres(database.url)).toMatchFileSnapshot(present);
  });

  test("a table from before there were versions is upgraded, and is named until it is", async () => {
    await runOnServer(database.url, unversioned("postgres"));
    const store = postgresJobs({ client: pool });
    await expect(use(store)).rejects.toMatchObject({
      code: "store-misconfigured",
      message: expect.stringMatching(/at version 1, and this code needs 2/),
    });
    await Promise.all([store.migrate(), postgresJobs({ client: pool }).migrate()]);
    expect(await use(store)).toBe("processing");
    await expect(await dumpPostgres(database.url)).toMatchFileSnapshot(present);
    expect((await store.get(owner, "j1"))?.status).toBe("processing");
  });

  test("the printed SQL upgrades a table from before there were versions", async () => {
    await runOnServer(database.url, unversioned("postgres"));
    await runOnServer(database.url, printJobMigrations());
    await expect(await dumpPostgres(database.url)).toMatchFileSnapshot(present);
  });

  test("a missing table names the jobs' own migration", async () => {
    await expect(use(postgresJobs({ client: pool }))).rejects.toMatchObject({
      code: "store-misconfigured",
      message: expect.stringMatching(/jobs tables are missing.*of postgresJobs.*printJobMigrations\(\)/),
    });
  });

  test.each([
    [false, "is used"],
    [true, "is refused, saying what to upgrade"],
  ])("a database that is newer, breaking: %s, %s", async (breaking) => {
    await postgresJobs({ client: pool }).migrate();
    await pool.query(`ALTER TABLE latchhook_jobs_migrations ADD COLUMN breaking boolean NOT NULL DEFAULT false;
      INSERT INTO latchhook_jobs_migrations (version, breaking) VALUES (3, ${breaking}), (4, false)`);
    const used = use(postgresJobs({ client: pool }));
    if (!breaking) return expect(await used).toBe("processing");
    await expect(used).rejects.toMatchObject({
      code: "store-misconfigured",
      message: expect.stringContaining("Upgrade @latchhook/jobs."),
    });
  });

  test("two tables over one pool do not take each other's prepared statements", async () => {
    const single = new pg.Pool({ connectionString: database.url, max: 1 });
    for (const tablePrefix of ["one_", "two_"]) {
      const store = postgresJobs({ client: single, tablePrefix });
      await store.migrate();
      expect(await use(store)).toBe("processing");
    }
    await single.end();
  });
});

describe("the schema of jobs in SQLite", () => {
  const released = readReleasedSteps(join(folder, "sqlite"));
  const present = join(folder, "sqlite", "present.txt");
  let directory: string;
  let path: string;
  let database: SqliteDatabase;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "latchhook-jobs-"));
    path = join(directory, "jobs.db");
    database = new Database(path);
  });

  afterEach(() => {
    database.close();
    rmSync(directory, { recursive: true });
  });

  async function useFile(): Promise<string | undefined> {
    const store = sqliteJobs({ path });
    try {
      return await use(store);
    } finally {
      await store.close();
    }
  }

  test("a step that was released stays as it was", () => {
    const { steps } = jobsSchema(tablesNamed("latchhook_jobs"));
    const statements = steps.map((step) => step.statements.map((sql) => `${sql};\n`).join("\n"));
    expect(statements).toEqual(released.map(({ sql }) => sql));
  });

  // From step 2 on the version is recorded by code.
  const recorded = (sql: string, version: number) =>
    version === 1
      ? sql
      : `${sql}\nALTER TABLE latchhook_jobs_meta ADD COLUMN required_version INTEGER NOT NULL DEFAULT 1;
        UPDATE latchhook_jobs_meta SET schema_version = ${version};`;
  const stages = stagesOf(released).map(([name, sql], index) => [name, recorded(sql, index + 1)] as const);
  const earlier = [["nothing", ""], ["no version", unversioned("sqlite")], ...stages] as const;
  test.each(earlier)("of a file with %s becomes the one on record", async (_name, sql) => {
    database.exec(sql);
    expect(await useFile()).toBe("processing");
    await expect(dumpSqlite(database)).toMatchFileSnapshot(present);
  });

  test.each([
    [1, "is used"],
    [3, "is refused, saying what to upgrade"],
  ])("a file that is newer, and requires version %d, %s", async (required) => {
    await useFile();
    database.exec(`UPDATE latchhook_jobs_meta SET schema_version = 4, required_version = ${required}`);
    if (required === 1) return expect(await useFile()).toBe("processing");
    await expect(useFile()).rejects.toMatchObject({
      code: "store-misconfigured",
      message: expect.stringContaining("Upgrade @latchhook/jobs."),
    });
  });

  test("a damaged file is named, and so is one that cannot be in WAL mode", async () => {
    const damaged = join(directory, "damaged.db");
    writeFileSync(damaged, "no database at all, ".repeat(100));
    const stores: readonly (readonly [JobStore, RegExp])[] = [
      [sqliteJobs({ path: damaged }), /^sqliteJobs: .*damaged\.db is damaged/],
      [sqliteJobs({ path: ":memory:", driver: (file) => new Database(file) }), /^sqliteJobs: .*WAL mode/],
    ];
    for (const [store, message] of stores) {
      await expect(use(store)).rejects.toMatchObject({
        code: "store-misconfigured",
        message: expect.stringMatching(message),
      });
      await store.close();
    }
  });
});
