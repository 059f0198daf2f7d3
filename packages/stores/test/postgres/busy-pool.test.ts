import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { createReceiver, type OutcomeCode } from "@latchhook/core";
import { aiStats } from "@latchhook/core/providers/ai-stats";
import { signAiStats, toRequest } from "@latchhook/testing";
import { Pool } from "pg";
import postgres from "postgres";
import { afterAll, beforeAll, expect, it } from "vitest";
import {
  createDatabase,
  describeWithServer,
  findPostgres,
  type TestDatabase,
} from "../../../../test/support/servers.ts";
import { type PostgresStore, postgresStore } from "../../src/postgres.ts";

const secret = "whsec_only-for-this-test";
const deliveries = 5;
const workMs = 2_000;
// Less than what the last delivery waits for the others' commits.
const leaseMs = 3_500;

describeWithServer("a pool that commits keep busy", await findPostgres(), (serverUrl) => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await createDatabase(serverUrl);
  });

  afterAll(() => database.drop());

  interface Opened {
    readonly store: PostgresStore<unknown>;
    end(): Promise<void>;
  }

  const clients = {
    pg(max: number): Opened {
      const client = new Pool({ connectionString: database.url, max });
      client.on("error", () => {});
      return { store: postgresStore({ client }), end: () => client.end() };
    },
    postgres(max: number): Opened {
      const client = postgres(database.url, { max, onnotice: () => {} });
      return { store: postgresStore({ client }), end: () => client.end() };
    },
  };

  for (const [name, open] of Object.entries(clients)) {
    it.each([1, 2])(`loses no lease, with ${name} and max: %d`, async (max) => {
      const { store, end } = open(max);
      // A second process, whose duplicate takes a delivery over if the lease in the database has run out.
      const other = clients.pg(2);
      await store.migrate();
      const codes: OutcomeCode[] = [];
      let effects = 0;
      const receiver = createReceiver({
        provider: aiStats({ secret }),
        store,
        leaseMs,
        onOutcome: ({ code }) => codes.push(code),
        async persist(_event, delivery) {
          await delivery.commit(async () => {
            effects++;
            await sleep(workMs);
          });
        },
      });
      const duplicates = createReceiver({
        provider: aiStats({ secret }),
        store: other.store,
        waitMs: 1,
        onOutcome: () => {},
        persist: () => {
          effects++;
        },
      });
      const requests = Array.from({ length: deliveries }, () =>
        signAiStats({ secret, jobId: `video_${randomUUID()}` }),
      );
      const url = "https://example.com/webhooks/ai-stats";
      const answers = requests.map((signed) => receiver.handle(toRequest(signed, url)));
      // While they wait for each other, each is held.
      for (const _ of [1, 2]) {
        await sleep(leaseMs);
        for (const signed of requests) await duplicates.handle(toRequest(signed, url));
      }
      const statuses = (await Promise.all(answers)).map(({ status }) => status);
      expect(codes).toEqual(Array.from({ length: deliveries }, () => "processed"));
      expect(statuses).toEqual(Array.from({ length: deliveries }, () => 200));
      expect(effects).toBe(deliveries);
      await receiver.close();
      await duplicates.close();
      await Promise.all([end(), other.end()]);
    });
  }
});
