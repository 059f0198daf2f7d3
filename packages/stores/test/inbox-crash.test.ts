import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import Database from "libsql";
import { Pool } from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  createDatabase,
  describeWithServer,
  findPostgres,
  type TestDatabase,
} from "../../../test/support/servers.ts";
import { postgresStore } from "../src/postgres.ts";
import { sqliteStore } from "../src/sqlite.ts";
import { temporaryFiles } from "./sqlite/temporary-file.ts";

const newPath = temporaryFiles();
const kills = 8;

/** Starts a process that commits, and kills it at some moment once it does. */
async function killWhileCommitting(place: string): Promise<void> {
  const worker = fileURLToPath(new URL("inbox-crash-worker.mjs", import.meta.url));
  const child = spawn(process.execPath, [worker, place], { timeout: 25_000, killSignal: "SIGKILL" });
  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    errors += text;
  });
  const exited = once(child, "exit");
  await Promise.race([once(child.stdout, "data"), exited]);
  await sleep(Math.random() * 60);
  child.kill("SIGKILL");
  const [, signal] = await exited;
  expect(signal, errors).toBe("SIGKILL");
}

describe("killed with SIGKILL while it commits, SQLite", () => {
  it("has a row in the inbox for each effect, and an effect for each row", async () => {
    const path = newPath();
    const store = sqliteStore({ path, driver: (file) => new Database(file) });
    const database = await store.database();
    database.exec("CREATE TABLE effects (key TEXT NOT NULL)");
    for (let kill = 0; kill < kills; kill++) await killWhileCommitting(path);
    const keys = (sql: string): string[] =>
      (database.prepare(sql).all() as { key: string }[]).map(({ key }) => key.toLowerCase());
    const effects = keys("SELECT key FROM effects ORDER BY key");
    expect(effects.length).toBeGreaterThan(kills - 1);
    expect(keys("SELECT hex(key) AS key FROM latchhook_inbox WHERE state = 'done' ORDER BY key")).toEqual(
      effects,
    );
    expect(keys("SELECT hex(key) AS key FROM latchhook_deliveries WHERE state = 2 ORDER BY key")).toEqual(
      effects,
    );
    await store.close();
  }, 60_000);
});

describeWithServer("killed with SIGKILL while it commits, PostgreSQL", await findPostgres(), (serverUrl) => {
  let database: TestDatabase;
  let pool: Pool;

  beforeAll(async () => {
    database = await createDatabase(serverUrl);
    pool = new Pool({ connectionString: database.url, max: 2 });
    pool.on("error", () => {});
    await postgresStore({ client: pool }).migrate();
    await pool.query("CREATE TABLE effects (key text NOT NULL)");
  });
  afterAll(async () => {
    await pool.end();
    await database.drop();
  });

  it("has a row in the inbox for each effect, and an effect for each row", async () => {
    for (let kill = 0; kill < kills; kill++) await killWhileCommitting(database.url);
    const keys = async (sql: string): Promise<string[]> => (await pool.query(sql)).rows.map(({ key }) => key);
    // What the server was still committing when its client died.
    const open = "SELECT count(*)::integer AS open FROM pg_stat_activity WHERE datname = current_database()";
    await expect.poll(async () => (await pool.query(open)).rows[0].open, { timeout: 10_000 }).toBeLessThan(3);
    const effects = await keys("SELECT key FROM effects ORDER BY key");
    expect(effects.length).toBeGreaterThan(kills - 1);
    const inHex = "SELECT encode(key, 'hex') AS key FROM";
    expect(await keys(`${inHex} latchhook_inbox WHERE state = 'done' ORDER BY key`)).toEqual(effects);
    expect(await keys(`${inHex} latchhook_deliveries WHERE state = 'completed' ORDER BY key`)).toEqual(
      effects,
    );
  }, 60_000);
});
