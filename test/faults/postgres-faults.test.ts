import { setTimeout as sleep } from "node:timers/promises";
import type { Delivery, WebhookEvent } from "@latchhook/core";
import { postgresStore } from "@latchhook/stores/postgres";
import pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type FaultProxy, startFaultProxy } from "../support/fault-proxy.ts";
import { createDatabase, describeWithServer, findPostgres, type TestDatabase } from "../support/servers.ts";
import { createPause, type Endpoint, receiveWebhooks } from "./support/receive-webhooks.ts";
import { untilGivenBack } from "./support/until-given-back.ts";

type Persist = (event: WebhookEvent, delivery: Delivery<pg.PoolClient>) => unknown;

describeWithServer("PostgreSQL fails under the receiver", await findPostgres(), (serverUrl) => {
  let database: TestDatabase;
  let proxy: FaultProxy;
  /** Goes straight to the server. */
  let admin: pg.Pool;
  let pool: pg.Pool;
  let endpoint: Endpoint;
  /** How often the callback has begun, in the test that runs. */
  let calls: number;
  /** Replaced by tests that step in while the callback runs. */
  let inPersist: () => Promise<unknown>;

  beforeAll(async () => {
    database = await createDatabase(serverUrl);
    proxy = await startFaultProxy(database.url, 5432);
    admin = new pg.Pool({ connectionString: database.url, max: 3 });
    await postgresStore({ client: admin }).migrate();
    await admin.query("CREATE TABLE effects (job text NOT NULL)");
  });
  afterAll(async () => {
    await proxy.close();
    await admin.end();
    await database.drop();
  });

  beforeEach(() => {
    calls = 0;
    inPersist = async () => {};
    pool = new pg.Pool({
      connectionString: proxy.through(database.url),
      application_name: database.name,
      max: 3,
      connectionTimeoutMillis: 500,
    });
    pool.on("error", () => {});
  });
  afterEach(async () => {
    proxy.refuse(false);
    proxy.dropReplies(false);
    proxy.setLatency(0);
    await endpoint.close();
    await untilGivenBack(pool);
    await pool.end();
  });

  const insert = "INSERT INTO effects (job) VALUES ($1)";
  const withCommit: Persist = async (event, { commit }) => {
    calls++;
    await inPersist();
    await commit((client) => client.query(insert, [event.job?.id]));
  };
  /** Its own write takes another way than the store, so that a fault hits the store alone. */
  const withoutCommit: Persist = async (event) => {
    calls++;
    await inPersist();
    await admin.query(insert, [event.job?.id]);
  };

  async function receive(persist: Persist, leaseMs = 600): Promise<Endpoint> {
    endpoint = await receiveWebhooks({ store: postgresStore({ client: pool }), persist, leaseMs });
    return endpoint;
  }

  async function countEffects(job: string): Promise<number> {
    const { rows } = await admin.query("SELECT count(*)::integer AS count FROM effects WHERE job = $1", [
      job,
    ]);
    return rows[0].count;
  }

  async function countClaims(): Promise<number> {
    const { rows } = await admin.query("SELECT count(*)::integer AS count FROM latchhook_deliveries");
    return rows[0].count;
  }

  function goAway(): void {
    proxy.refuse(true);
    proxy.cut();
  }

  describe("without commit", () => {
    it("H83 down at claim → 503, no call; the next attempt runs", async () => {
      const { job, send } = (await receive(withoutCommit)).delivery();
      goAway();
      expect(await send()).toBe(503);
      expect(calls).toBe(0);
      proxy.refuse(false);
      expect(await send()).toBe(200);
      expect([calls, await countEffects(job)]).toEqual([1, 1]);
    });

    it("H84 the reply to the claim is lost → 503; the sender is locked out no longer than the lease", async () => {
      await receive(withoutCommit);
      // With a warm pool and a checked schema the one statement whose reply is lost is the claim.
      expect(await endpoint.delivery().send()).toBe(200);
      const before = await countClaims();
      const { job, send } = endpoint.delivery();
      proxy.dropReplies(true);
      const first = send();
      await expect.poll(countClaims).toBe(before + 1);
      proxy.dropReplies(false);
      proxy.cut();
      expect(await first).toBe(503);
      expect(await send()).toBe(503);
      expect(calls).toBe(1);
      await sleep(650);
      expect(await send()).toBe(200);
      expect(await countEffects(job)).toBe(1);
    });

    it("H85 down at complete → 503, never an early 2xx; the retry runs again", async () => {
      const pause = createPause();
      inPersist = pause.here;
      const { job, send } = (await receive(withoutCommit, 1_500)).delivery();
      const first = send();
      await pause.reached;
      goAway();
      pause.end();
      expect(await first).toBe(503);
      expect(endpoint.outcomes[0]?.code).toBe("store-unavailable");
      proxy.refuse(false);
      await expect.poll(send, { timeout: 5_000, interval: 100 }).toBe(200);
      expect([calls, await countEffects(job)]).toEqual([2, 2]);
    });

    it("the reply to complete is lost → completing is repeated; one call", async () => {
      const pause = createPause();
      inPersist = pause.here;
      const { job, send } = (await receive(withoutCommit, 4_000)).delivery();
      const first = send();
      await pause.reached;
      proxy.dropReplies(true);
      pause.end();
      await expect.poll(isCompleted(job), { timeout: 3_000 }).toBe(true);
      proxy.dropReplies(false);
      proxy.cut();
      expect(await first).toBe(200);
      expect(await send()).toBe(200);
      expect([calls, await countEffects(job)]).toEqual([1, 1]);
    });

    it("every connection reset while the callback runs → 200: heartbeats and complete connect anew", async () => {
      inPersist = async () => {
        proxy.cut();
        await sleep(300);
        proxy.cut();
      };
      const { job, send } = (await receive(withoutCommit)).delivery();
      expect(await send()).toBe(200);
      expect([calls, await countEffects(job)]).toEqual([1, 1]);
    });

    it("H86 heartbeats are lost past the lease → the signal aborts, 503; the retry runs", async () => {
      let aborted: unknown;
      const { job, send } = (
        await receive(async (event, delivery) => {
          delivery.signal.addEventListener("abort", () => {
            aborted = delivery.signal.reason;
          });
          if (calls === 0) goAway();
          await withoutCommit(event, delivery);
          if (calls === 1) await sleep(900);
        })
      ).delivery();
      expect(await send()).toBe(503);
      expect(endpoint.outcomes[0]?.code).toBe("lease-lost");
      expect(aborted).toMatchObject({ code: "lease-lost" });
      proxy.refuse(false);
      expect(await send()).toBe(200);
      expect(await countEffects(job)).toBe(2);
    });

    it("a slow network costs time only", async () => {
      proxy.setLatency(40);
      const { job, send } = (await receive(withoutCommit)).delivery();
      expect(await send()).toBe(200);
      expect(await send()).toBe(200);
      expect([calls, await countEffects(job)]).toEqual([1, 1]);
    });

    it("a claim whose reply outlasts its lease → no callback under it: another may be running", async () => {
      await receive(withoutCommit, 300);
      expect(await endpoint.delivery().send()).toBe(200);
      const { job, send } = endpoint.delivery();
      proxy.setLatency(200);
      expect(await send()).toBe(503);
      expect(endpoint.outcomes[1]?.code).toBe("lease-lost");
      proxy.setLatency(0);
      expect(await send()).toBe(200);
      expect([calls, await countEffects(job)]).toEqual([2, 1]);
    });
  });

  /** Whether the delivery of the one effect of a job, or of the only open record, is marked done. */
  function isCompleted(job: string): () => Promise<boolean> {
    return async () => {
      const { rows } = await admin.query("SELECT 1 FROM latchhook_deliveries WHERE state <> 'completed'");
      return (await countEffects(job)) > 0 && rows.length === 0;
    };
  }

  describe("with commit", () => {
    it("the reply to COMMIT is lost → the truth is read again: 200, one effect", async () => {
      const { job, send } = (await receive(withCommit)).delivery();
      const cut = proxy.cutNextCommit("reply");
      expect(await send()).toBe(200);
      await cut;
      expect(await send()).toBe(200);
      expect([calls, await countEffects(job)]).toEqual([1, 1]);
    });

    it("cut before COMMIT arrives → 503, nothing written; the retry writes once", async () => {
      const { job, send } = (await receive(withCommit)).delivery();
      const cut = proxy.cutNextCommit("request");
      expect(await send()).toBe(503);
      await cut;
      expect(await countEffects(job)).toBe(0);
      expect(await send()).toBe(200);
      expect([calls, await countEffects(job)]).toEqual([2, 1]);
    });

    it("H85 the reply to COMMIT is lost and the server stays away → 503; the retry is a duplicate", async () => {
      const { job, send } = (await receive(withCommit)).delivery();
      const cut = proxy.cutNextCommit("reply");
      const first = send();
      await cut;
      goAway();
      expect(await first).toBe(503);
      proxy.refuse(false);
      expect(await send()).toBe(200);
      expect([calls, await countEffects(job)]).toEqual([1, 1]);
    });

    it("the backend is terminated within the work → 503, rolled back; the retry writes once", async () => {
      const { job, send } = (
        await receive(async (event, { commit }) => {
          calls++;
          await commit(async (client) => {
            await client.query(insert, [event.job?.id]);
            if (calls > 1) return;
            const { rows } = await client.query("SELECT pg_backend_pid() AS pid");
            await admin.query("SELECT pg_terminate_backend($1)", [rows[0].pid]);
          });
        })
      ).delivery();
      expect(await send()).toBe(503);
      expect(await countEffects(job)).toBe(0);
      expect(await send()).toBe(200);
      expect([calls, await countEffects(job)]).toEqual([2, 1]);
    });

    it("all backends are terminated while the callback runs → 200, one effect", async () => {
      inPersist = async () => {
        await admin.query(
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1",
          [database.name],
        );
        await expect.poll(() => pool.totalCount).toBe(0);
      };
      const { job, send } = (await receive(withCommit)).delivery();
      expect(await send()).toBe(200);
      expect([calls, await countEffects(job)]).toEqual([1, 1]);
    });

    it("duplicates that wait hold no connection: one is enough for all", async () => {
      const single = new pg.Pool({ connectionString: database.url, max: 1 });
      const pause = createPause();
      inPersist = pause.here;
      const store = postgresStore({ client: single });
      endpoint = await receiveWebhooks({ store, persist: withCommit, waitMs: 3_000 });
      const { job, send } = endpoint.delivery();
      const first = send();
      await pause.reached;
      const duplicates = Array.from({ length: 20 }, send);
      await expect.poll(() => single.waitingCount, { interval: 5 }).toBe(0);
      await sleep(100);
      pause.end();
      expect(await Promise.all([first, ...duplicates])).toEqual(Array(21).fill(200));
      expect([calls, await countEffects(job)]).toEqual([1, 1]);
      await endpoint.close();
      await untilGivenBack(single);
      await single.end();
    });
  });

  // One error of each class of what the server itself can refuse with; the store's own tests have them all.
  describe("the server refuses the mark", () => {
    beforeAll(() =>
      admin.query(`
        CREATE SEQUENCE raised;
        CREATE TABLE to_raise (code text, times integer);
        CREATE FUNCTION raise_error() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE planned to_raise;
        BEGIN
          SELECT * INTO planned FROM to_raise;
          IF FOUND AND nextval('raised') <= planned.times THEN
            RAISE EXCEPTION 'provoked' USING ERRCODE = planned.code;
          END IF;
          RETURN NEW;
        END $$;
        CREATE TRIGGER raise_error BEFORE UPDATE ON latchhook_deliveries
          FOR EACH ROW WHEN (NEW.state = 'completed') EXECUTE FUNCTION raise_error()`),
    );
    afterEach(() => admin.query("TRUNCATE to_raise"));

    it.each([
      ["40001 once: tried again at once", "40001", 1, 200],
      ["40001 twice", "40001", 2, 503],
      ["40P01 twice", "40P01", 2, 503],
      ["55P03 twice", "55P03", 2, 503],
      ["57P01 once", "57P01", 1, 503],
      ["53300 once", "53300", 1, 503],
      ["53100, a full disk", "53100", 1, 503],
    ])("%s", async (_, code, times, status) => {
      await admin.query("INSERT INTO to_raise VALUES ($1, $2)", [code, times]);
      await admin.query("SELECT setval('raised', 1, false)");
      const { job, send } = (await receive(withCommit)).delivery();
      expect(await send()).toBe(status);
      expect(await countEffects(job)).toBe(status === 200 ? 1 : 0);
      expect(await send()).toBe(200);
      expect([calls, await countEffects(job)]).toEqual([status === 200 ? 1 : 2, 1]);
    });
  });
});
