import { setTimeout as sleep } from "node:timers/promises";
import type { Store } from "@latchhook/core";
import type { Pool } from "pg";
import postgres from "postgres";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { describeWithServer, findPostgres } from "../../../../test/support/servers.ts";
import { postgresStore } from "../../src/postgres.ts";
import {
  expectNoLeak,
  type FaultyDatabase,
  hold,
  longMs,
  newKey,
  openFaultyDatabase,
  readEffects,
  rejectionOf,
  retain,
  stateOf,
} from "./faulty-database.ts";

/** A store through the proxy, whichever the client, and a way to write in its transactions. */
interface Subject {
  readonly store: Store<never>;
  readonly commit: (claim: Parameters<Store["extend"]>[0], text: string) => Promise<unknown>;
  readonly end: () => Promise<unknown>;
}

function withPg(faulty: FaultyDatabase): Subject {
  const pool = faulty.openPool({ connectionTimeoutMillis: 2_000 });
  const store = postgresStore({ client: pool });
  return {
    store: store as unknown as Store<never>,
    commit: async (claim, text) =>
      store.commit(claim, retain, (client) => client.query("INSERT INTO effects (text) VALUES ($1)", [text])),
    async end() {
      await expectNoLeak(pool);
      await pool.end();
    },
  };
}

function withPostgresJs(faulty: FaultyDatabase): Subject {
  const sql = postgres(faulty.proxy.through(faulty.database.url), {
    max: 5,
    connect_timeout: 2,
    onnotice: () => {},
  });
  const store = postgresStore({ client: sql });
  return {
    store: store as unknown as Store<never>,
    commit: async (claim, text) =>
      store.commit(claim, retain, (transaction) => transaction`INSERT INTO effects (text) VALUES (${text})`),
    // Without a timeout it waits for ever for a connection that was cut.
    end: () => sql.end({ timeout: 0 }),
  };
}

describeWithServer("postgresStore when the connection is cut", await findPostgres(), (serverUrl) => {
  let faulty: FaultyDatabase;
  let admin: Pool;

  beforeAll(async () => {
    faulty = await openFaultyDatabase(serverUrl);
    admin = faulty.admin;
  });

  afterAll(() => faulty.close());

  for (const [name, create] of Object.entries({ pg: withPg, postgres: withPostgresJs })) {
    describe(`with ${name}`, () => {
      let subject: Subject;

      beforeEach(async () => {
        await admin.query("TRUNCATE effects");
        subject = create(faulty);
        return () => subject.end();
      });

      it("a commit whose reply is lost was done: the row is read again", async () => {
        const held = await hold(subject.store);
        const cut = faulty.proxy.cutNextCommit("reply");
        expect(await subject.commit(held, "once")).toBe("ok");
        await cut;
        expect(await readEffects(admin)).toEqual(["once"]);
        expect(await stateOf(subject.store, held.key)).toBe("completed");
      });

      it("a commit that never reached the server was not done: it rejects, and can be tried again", async () => {
        const held = await hold(subject.store);
        const cut = faulty.proxy.cutNextCommit("request");
        expect(await rejectionOf(() => subject.commit(held, "once"))).toMatchObject({
          code: "store-unavailable",
        });
        await cut;
        expect(await readEffects(admin)).toEqual([]);
        expect(await stateOf(subject.store, held.key)).toBe("in-flight");
        expect(await subject.commit(held, "once")).toBe("ok");
        expect(await readEffects(admin)).toEqual(["once"]);
      });

      it("a commit whose reply is lost while the server stays away rejects; the next attempt finds out", async () => {
        const held = await hold(subject.store);
        const cut = faulty.proxy.cutNextCommit("reply");
        const rejected = rejectionOf(() => subject.commit(held, "once"));
        faulty.proxy.refuse(true);
        await cut;
        expect(await rejected).toMatchObject({ code: "store-unavailable" });
        faulty.proxy.refuse(false);
        expect(await eventually(() => stateOf(subject.store, held.key))).toBe("completed");
        expect(await readEffects(admin)).toEqual(["once"]);
      });

      it("a claim whose reply is lost rejects, and its owner is not locked out", async () => {
        await hold(subject.store);
        const key = newKey();
        const options = { owner: "the same", leaseMs: longMs, ...retain };
        faulty.proxy.dropReplies(true);
        const rejected = rejectionOf(() => subject.store.claim(key, options));
        await expect
          .poll(() => admin.query("SELECT 1 FROM latchhook_deliveries WHERE key = decode($1, 'hex')", [key]))
          .toMatchObject({ rowCount: 1 });
        faulty.proxy.dropReplies(false);
        faulty.proxy.cut();
        expect(await rejected).toMatchObject({ code: "store-unavailable" });
        const again = await eventually(() => subject.store.claim(key, options));
        expect(again).toMatchObject({ state: "claimed", attempt: 1 });
      });

      it("a server that is away rejects every operation, and all work again once it is back", async () => {
        const held = await hold(subject.store);
        faulty.proxy.refuse(true);
        faulty.proxy.cut();
        for (const operation of [
          () => subject.store.claim(newKey(), { owner: "one", leaseMs: longMs, ...retain }),
          () => subject.store.extend(held, longMs),
          () => subject.store.complete(held, retain),
          () => subject.store.fail(held),
          () => subject.store.purge(10),
          () => subject.commit(held, "never"),
        ]) {
          expect(await rejectionOf(operation)).toMatchObject({ code: "store-unavailable" });
        }
        faulty.proxy.refuse(false);
        expect(await eventually(() => subject.commit(held, "once"))).toBe("ok");
        expect(await readEffects(admin)).toEqual(["once"]);
      });

      it("a slow network changes nothing but the time", async () => {
        faulty.proxy.setLatency(30);
        try {
          const held = await hold(subject.store);
          expect(await subject.commit(held, "slow")).toBe("ok");
          expect(await readEffects(admin)).toEqual(["slow"]);
        } finally {
          faulty.proxy.setLatency(0);
        }
      });
    });
  }

  it("with postgres, a connection that is cut while the work runs writes and marks nothing", async () => {
    await admin.query("TRUNCATE effects");
    const sql = postgres(faulty.proxy.through(faulty.database.url), { max: 1, onnotice: () => {} });
    const store = postgresStore({ client: sql });
    const held = await hold(store);
    const error = await rejectionOf(() =>
      store.commit(held, retain, async (transaction) => {
        await transaction`INSERT INTO effects (text) VALUES ('never')`;
        faulty.proxy.cut();
        // Long enough for the client to notice, reconnect, and serve others on the same connection.
        await sleep(300);
        await stateOf(store, newKey());
      }),
    );
    expect(error).toMatchObject({ code: "store-unavailable" });
    expect(await stateOf(store, held.key)).toBe("in-flight");
    expect(await readEffects(admin)).toEqual([]);
    await sql.end({ timeout: 0 });
  });
});

/** The answer, once the client has found its way back to the server. */
async function eventually<Answer>(operation: () => unknown): Promise<Answer> {
  for (let attempt = 0; ; attempt++) {
    try {
      return (await operation()) as Answer;
    } catch (error) {
      if (attempt >= 40) throw error;
      await sleep(50);
    }
  }
}
