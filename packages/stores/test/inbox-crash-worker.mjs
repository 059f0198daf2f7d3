// A process of its own, over the built packages: `node inbox-crash-worker.mjs <sqlite file or PostgreSQL URL>`. It
// commits one delivery after the other, each with an effect and a row of the inbox, until it is killed.
import { randomBytes, randomUUID } from "node:crypto";
import { postgresStore } from "@latchhook/stores/postgres";
import { sqliteStore } from "@latchhook/stores/sqlite";
import { Pool } from "pg";

const [place] = process.argv.slice(2);
const owner = randomUUID();
const isPostgres = place.startsWith("postgres:");
const store = isPostgres
  ? postgresStore({ client: new Pool({ connectionString: place, max: 4 }) })
  : sqliteStore({ path: place });

const delivery = {
  ...{ scope: "", provider: "acme", eventId: "evt", type: "done", jobId: null, jobStatus: null, known: true },
  ...{ secretIndex: null, maxAttempts: null, deadAt: Date.now(), bodyBytes: 2, headers: null },
};
const attempt = {
  ...{ at: Date.now(), source: "http", outcome: "processed", reason: null, status: 200, durationMs: 1 },
  ...{ claimAttempt: 1, senderAttempt: null, late: false, errorName: null, error: null, errorFrame: null },
  actor: null,
};

await Promise.all(Array.from({ length: isPostgres ? 4 : 1 }, run));

async function run() {
  for (;;) {
    const key = randomBytes(32).toString("hex");
    const { fence } = await store.claim(key, { owner, leaseMs: 60_000, retainMs: 60_000 });
    const record = () => ({
      ...{ delivery: { ...delivery, key }, attempt, state: "done", body: "drop" },
      ...{ bodyRetainMs: 60_000, retainMs: 60_000 },
    });
    await store.commit({ key, owner, fence }, { retainMs: 60_000, record }, (transaction) =>
      isPostgres
        ? transaction.query("INSERT INTO effects VALUES ($1)", [key])
        : void transaction.prepare("INSERT INTO effects VALUES (?)").run(key),
    );
    process.stdout.write(".");
    await new Promise((resolve) => setImmediate(resolve));
  }
}
