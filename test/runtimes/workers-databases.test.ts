import { postgresStore } from "@latchhook/stores/postgres";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { createDatabase, describeWithServer, findPostgres, type TestDatabase } from "../support/servers.ts";
import { findWorkerd } from "./binary.ts";
import { bundleForNodeCompat } from "./bundle.ts";
import { type ServedWorker, serveWorker } from "./serve-worker.ts";
import { type SignedDelivery, secrets, signAiStats } from "./smoke/sign.ts";

const received = '200 {"received":true}';
const duplicate = '200 {"received":true,"duplicate":true}';

const waiting = { timeout: 5_000, interval: 100 };

const workerd = findWorkerd();
const server = "missing" in workerd ? workerd : await findPostgres();

describeWithServer("workerd with a database", server, (serverUrl) => {
  let database: TestDatabase;
  let pool: pg.Pool;
  let worker: ServedWorker;

  beforeAll(async () => {
    database = await createDatabase(serverUrl);
    pool = new pg.Pool({ connectionString: database.url, max: 2 });
    await postgresStore({ client: pool }).migrate();
    await pool.query("CREATE TABLE effects (route text NOT NULL, id text NOT NULL)");
    const { code } = await bundleForNodeCompat("workers-databases.ts");
    worker = await serveWorker({
      modules: true,
      script: code,
      compatibilityDate: "2026-04-01",
      compatibilityFlags: ["nodejs_compat"],
      bindings: { SECRET: secrets.aiStats, DATABASE_URL: database.url },
      hyperdrives: { HYPERDRIVE: withPassword(database.url) },
      host: "127.0.0.1",
      cf: false,
    });
  });
  afterAll(async () => {
    await worker?.stop();
    await pool?.end();
    await database?.drop();
  });

  async function send(route: string, { headers, body }: SignedDelivery): Promise<string> {
    const signal = AbortSignal.timeout(6_000);
    const response = await fetch(new URL(route, worker.address), {
      method: "POST",
      headers,
      body,
      signal,
    }).catch((error: Error) => error.name);
    return typeof response === "string" ? response : `${response.status} ${await response.text()}`;
  }

  async function effects(route: string): Promise<readonly string[]> {
    const { rows } = await pool.query("SELECT id FROM effects WHERE route = $1 ORDER BY id", [route]);
    return rows.map(({ id }) => id);
  }

  /** What the route's options, callback and disposal did, in order. */
  async function callsOf(route: string): Promise<readonly string[]> {
    const response = await fetch(new URL("calls", worker.address));
    const calls = (await response.json()) as readonly string[];
    return calls.flatMap((call) => (call.startsWith(`${route} `) ? [call.slice(route.length + 1)] : []));
  }

  describe.each(["pg", "next-pg", "postgres", "next-postgres"])("%s", (client) => {
    test.each([
      ["without dispose", ""],
      ["with dispose", "-disposed"],
      ["without Hyperdrive", "-direct"],
    ])("receives one request after another, and twenty at once, %s", async (_how, variant) => {
      const route = client + variant;
      const answers: string[] = [];
      for (const id of ["a", "b", "c"]) {
        const delivery = await signAiStats(id);
        answers.push(await send(route, delivery), await send(route, delivery));
      }
      expect(answers).toEqual([received, duplicate, received, duplicate, received, duplicate]);
      const ids = Array.from({ length: 20 }, (_, index) => `many_${index + 10}`);
      const deliveries = await Promise.all(ids.map((id) => signAiStats(id)));
      const atOnce = await Promise.all(deliveries.map((delivery) => send(route, delivery)));
      expect(atOnce).toEqual(ids.map(() => received));
      expect(await effects(route)).toEqual(["a", "b", "c", ...ids]);
    });

    test("disposes once, after a callback that outlived its answer", async () => {
      const route = `${client}-late`;
      const delivery = await signAiStats("late");
      expect(await send(route, delivery)).toBe('503 {"error":"busy"}');
      expect(await callsOf(route)).toEqual(["made"]);
      await vi.waitFor(async () => expect(await callsOf(route)).toContain("ended"), waiting);
      expect(await callsOf(route)).toEqual(["made", "persisted", "disposed", "ended"]);
      expect(await effects(route)).toEqual(["late"]);
      expect(await send(route, delivery)).toBe(duplicate);
    });

    test("answers the same where dispose fails", async () => {
      const route = `${client}-broken`;
      expect(await send(route, await signAiStats("first"))).toBe(received);
      expect(await send(route, await signAiStats("second"))).toBe(received);
      await vi.waitFor(
        async () => expect((await callsOf(route)).filter((call) => call === "disposed")).toHaveLength(2),
        waiting,
      );
      expect(await effects(route)).toEqual(["first", "second"]);
    });
  });

  test("makes and disposes for each request, and looks at the tables once for all", async () => {
    const calls = await callsOf("postgres-disposed");
    const count = (name: string): number => calls.filter((call) => call === name).length;
    expect([count("made"), count("persisted"), count("disposed"), count("ended")]).toEqual([26, 23, 26, 26]);
    const allCalls = (await (await fetch(new URL("calls", worker.address))).json()) as readonly string[];
    const checks = allCalls.filter((call) => call.endsWith(" checked"));
    expect(new Set(checks).size).toBe(checks.length);
    expect(checks.length).toBeLessThanOrEqual(2);
  });

  test("leaves no connection behind", async () => {
    const count =
      "SELECT count(*)::int AS open FROM pg_stat_activity WHERE datname = $1 AND pid <> pg_backend_pid()";
    await vi.waitFor(async () => {
      const { rows } = await pool.query(count, [database.name]);
      expect(rows[0].open).toBeLessThanOrEqual(pool.totalCount - 1);
    }, waiting);
  });
});

/** Miniflare asks for a password, which a server that trusts local connections ignores. */
function withPassword(databaseUrl: string): string {
  const url = new URL(databaseUrl);
  url.password ||= "none";
  return url.href;
}
