import { postgresStore } from "@latchhook/stores/postgres";
import { Miniflare } from "miniflare";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createDatabase, describeWithServer, findPostgres, type TestDatabase } from "../support/servers.ts";
import { bundleForNodeCompat } from "./bundle.ts";
import { type SignedDelivery, secrets, signAiStats } from "./smoke/sign.ts";

const received = '200 {"received":true}';
const duplicate = '200 {"received":true,"duplicate":true}';

describeWithServer("workerd with a database", await findPostgres(), (serverUrl) => {
  let database: TestDatabase;
  let pool: pg.Pool;
  let miniflare: Miniflare;
  let address: URL;

  beforeAll(async () => {
    database = await createDatabase(serverUrl);
    pool = new pg.Pool({ connectionString: database.url, max: 2 });
    await postgresStore({ client: pool }).migrate();
    await pool.query("CREATE TABLE effects (route text NOT NULL, id text NOT NULL)");
    const { code } = await bundleForNodeCompat("workers-databases.ts");
    miniflare = new Miniflare({
      modules: true,
      script: code,
      compatibilityDate: "2026-04-01",
      compatibilityFlags: ["nodejs_compat"],
      bindings: { SECRET: secrets.aiStats, DATABASE_URL: database.url },
      hyperdrives: { HYPERDRIVE: withPassword(database.url) },
      host: "127.0.0.1",
      cf: false,
    });
    address = await miniflare.ready;
  });
  afterAll(async () => {
    await miniflare?.dispose();
    await pool?.end();
    await database?.drop();
  });

  async function send(route: string, { headers, body }: SignedDelivery): Promise<string> {
    const signal = AbortSignal.timeout(6_000);
    const response = await fetch(new URL(route, address), { method: "POST", headers, body, signal }).catch(
      (error: Error) => error.name,
    );
    return typeof response === "string" ? response : `${response.status} ${await response.text()}`;
  }

  async function effects(route: string): Promise<readonly string[]> {
    const { rows } = await pool.query("SELECT id FROM effects WHERE route = $1 ORDER BY id", [route]);
    return rows.map(({ id }) => id);
  }

  describe.each(["pg", "next-pg", "postgres", "next-postgres"])("%s", (client) => {
    describe.each(["", "-disposed", "-direct"])("%s", (variant) => {
      const route = client + variant;

      test("receives one request after another", async () => {
        const answers: string[] = [];
        const deliveries = await Promise.all([1, 2, 3, 4].map((number) => signAiStats(`job_${number}`)));
        for (const delivery of deliveries) answers.push(await send(route, delivery), await send(route, delivery));
        expect(answers).toEqual(deliveries.flatMap(() => [received, duplicate]));
        expect(await effects(route)).toEqual(["job_1", "job_2", "job_3", "job_4"]);
      });

      test("receives twenty at once", async () => {
        const ids = Array.from({ length: 20 }, (_, index) => `many_${String(index).padStart(2, "0")}`);
        const deliveries = await Promise.all(ids.map((id) => signAiStats(id)));
        const answers = await Promise.all(deliveries.map((delivery) => send(route, delivery)));
        expect(answers).toEqual(ids.map(() => received));
        expect((await effects(route)).filter((id) => id.startsWith("many"))).toEqual(ids);
      });
    });
  });
});

/** Miniflare asks for a password, which a server that trusts local connections ignores. */
function withPassword(databaseUrl: string): string {
  const url = new URL(databaseUrl);
  url.password ||= "none";
  return url.href;
}
