import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { InboxStore, Store } from "@latchhook/core";
import { postgresStore } from "@latchhook/stores/postgres";
import { sqliteStore } from "@latchhook/stores/sqlite";
import Database from "libsql";
import { interleaved, percentile } from "./interleaved.ts";
import { type Part, type Row, ratioText } from "./report.ts";
import { openPostgres } from "./servers.ts";
import { claimAndComplete, newKey } from "./store-work.ts";

const deliveries = 1_000_000;
const minuteMs = 60_000;
const dayMs = 86_400_000;
const seededAt = Date.now();

/** A store whose inbox holds a million deliveries: 1% of them failed, over 30 days, from two senders. */
interface Seeded {
  readonly store: Store<unknown> & { readonly inbox: InboxStore };
  readonly concurrency: number;
  close(): Promise<void>;
}

/** How long each view takes over a million deliveries, and what reading them costs the claims beside them. */
export async function millionPart(): Promise<Part> {
  const rows: Row[] = [];
  for (const [name, seed] of [
    ["SQLite", seedSqlite],
    ["PostgreSQL", seedPostgres],
  ] as const) {
    const seedStart = performance.now();
    const seeded = await seed();
    console.error(name, "seeded in", ((performance.now() - seedStart) / 1000).toFixed(0), "s");
    if (seeded === undefined) {
      rows.push({ case: name, name: "not measured: no server", figure: "", absolute: "" });
      continue;
    }
    try {
      rows.push(...(await views(name, seeded.store.inbox)), await claimsBeside(name, seeded));
    } finally {
      await seeded.close();
    }
  }
  return {
    title: "A million deliveries in the inbox",
    note: "What each view reads, in milliseconds; and claim + complete while the views are read once a second, as a multiple of the same without.",
    rows,
  };
}

function readsOf(inbox: InboxStore): Readonly<Record<string, () => unknown>> {
  const page = { limit: 51 };
  return {
    "newest page": () => inbox.list(page),
    "a page in the middle": () => inbox.list({ ...page, before: 500_000 }),
    "failed, newest page": () => inbox.list({ ...page, state: "failed" }),
    "a type that is rare": () => inbox.list({ ...page, type: "rare" }),
    "the last hour": () => inbox.list({ ...page, since: seededAt - 60 * minuteMs }),
    "a day three weeks ago": () =>
      inbox.list({ ...page, since: seededAt - 21 * dayMs, until: seededAt - 20 * dayMs }),
    "search by event id": () => inbox.list({ ...page, search: "event 4711" }),
    "search by job id": () => inbox.list({ ...page, search: "job 4711" }),
    "count of all": () => inbox.count({}, 1_001),
    "count of failed": () => inbox.count({ state: "failed" }, 1_001),
    "failures by error": () => inbox.failures(500),
    "tally of senders": () => inbox.tally(),
    "counts of a day": () => inbox.counts(seededAt - dayMs),
  };
}

async function views(label: string, inbox: InboxStore): Promise<Row[]> {
  const rows: Row[] = [];
  for (const [name, read] of Object.entries(readsOf(inbox))) {
    const times: number[] = [];
    for (let round = 0; round < 7; round++) {
      const start = performance.now();
      await read();
      times.push(performance.now() - start);
    }
    const median = percentile(times, 0.5);
    rows.push({
      case: label,
      name,
      figure: "",
      absolute: `${median.toFixed(1)} ms`,
      target: "< 300 ms",
      met: median < 300,
    });
  }
  return rows;
}

async function claimsBeside(label: string, { store, concurrency }: Seeded): Promise<Row> {
  const reads = Object.values(readsOf(store.inbox));
  const run = async (count: number): Promise<void> => {
    let left = count;
    const worker = async (): Promise<void> => {
      while (left-- > 0) {
        await claimAndComplete(store, newKey());
        if (left % 16 === 0) await new Promise((resolve) => setImmediate(resolve));
      }
    };
    await Promise.all(Array.from({ length: concurrency }, worker));
  };
  let reading: Promise<void> | undefined;
  async function readViews(): Promise<void> {
    for (const read of reads) await read();
  }
  // The views take as long as they take: what is measured is how long the claims do.
  const withViews = async (count: number): Promise<void> => {
    reading = readViews();
    await run(count);
  };
  const prepare = async (): Promise<void> => {
    await reading;
  };
  const candidates = [
    { name: "claim + complete", run, prepare },
    { name: "claim + complete, while the views are read", run: withViews, prepare },
  ];
  // A batch lasts a second, and the views are read once in each.
  const [, measured] = await interleaved(candidates, { rounds: 9, batchMs: 1_000 });
  await reading;
  if (measured === undefined) throw new Error("Two were measured.");
  return {
    case: label,
    name: measured.name,
    figure: ratioText(measured),
    absolute: "",
    target: "<= 1.05",
    met: measured.ratio <= 1.05,
  };
}

/** The columns of a seeded row, and what is in them by its number `i`, in both databases. */
function seedValues(keyOf: string): string {
  const at = `${seededAt} - (${deliveries} - i) * ${(30 * dayMs) / deliveries}.0`;
  const failed = "i % 100 = 0";
  return `SELECT i, CASE WHEN ${failed} THEN 'failed' ELSE 'done' END, CASE WHEN i % 10 = 0 THEN 'two' ELSE 'one' END,
    '', ${at}, CASE WHEN ${failed} THEN 'persist-failed' ELSE 'processed' END, 'video.completed', ${seededAt + 40 * dayMs},
    ${keyOf}, 'event ' || i, 'job ' || i, true, ${at}, ${seededAt + dayMs}, CASE WHEN ${failed} THEN NULL ELSE ${at} END,
    ${at}, 12.5, 1, 1, 1, 0, 1024, 200, false, 'http', CASE WHEN ${failed} THEN 'Error' END,
    CASE WHEN ${failed} THEN 'error ' || (i % 7) END`;
}

const seedColumns = `(sequence, state, provider, scope, received_at, last_outcome, type, expires_at, key, event_id, job_id,
  known, last_at, dead_at, succeeded_at, last_attempt_at, last_duration_ms, attempts, requests, runs, replays, body_bytes,
  last_status, last_late, last_source, error_name, error)`;

const seedCounts = `SELECT ${seededAt} - (${seededAt} % ${minuteMs}) - i * ${minuteMs}, '', 'one', 'processed', '', b, 0, 5`;

async function seedSqlite(): Promise<Seeded> {
  const folder = mkdtempSync(join(tmpdir(), "latchhook-bench-"));
  const store = sqliteStore({ path: join(folder, "store.db"), driver: (file) => new Database(file) });
  const database = await store.database();
  // For seeding only: keys come in no order, and each would be a page read from the disk.
  database.exec("PRAGMA cache_size = -400000");
  const numbers = (last: number): string =>
    `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT ${last})`;
  database.exec(
    `INSERT INTO latchhook_inbox ${seedColumns} ${numbers(deliveries)} ${seedValues("randomblob(32)")} FROM n`,
  );
  database.exec(`INSERT INTO latchhook_deliveries (key, owner, fence, attempt, takeover, state, lease_until, purge_after)
    SELECT key, 'seed', 1, 1, 0, CASE state WHEN 'done' THEN 2 ELSE 1 END, 0, 4000000000000
    FROM latchhook_inbox ORDER BY key`);
  database.exec(`INSERT INTO latchhook_inbox_counts ${numbers(2_000)} ${seedCounts}
    FROM n, (SELECT 5 AS b UNION SELECT 10 UNION SELECT 25 UNION SELECT 50 UNION SELECT 100)`);
  database.exec("PRAGMA wal_checkpoint(TRUNCATE); PRAGMA cache_size = -2000");
  return {
    store,
    concurrency: 1,
    async close() {
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function seedPostgres(): Promise<Seeded | undefined> {
  const opened = await openPostgres();
  if (opened === undefined) return undefined;
  const { pool, schema, close } = opened;
  const store = postgresStore({ client: pool, schema });
  await store.migrate();
  const table = `${schema}.latchhook_inbox`;
  await pool.query(`INSERT INTO ${table} ${seedColumns} OVERRIDING SYSTEM VALUE
    ${seedValues("sha256(i::text::bytea)")} FROM generate_series(1, ${deliveries}) AS i`);
  await pool.query(`INSERT INTO ${schema}.latchhook_deliveries
    SELECT key, CASE state WHEN 'done' THEN 'completed' ELSE 'failed' END, 'seed', 1, 1, false, now(),
      now() + interval '40 days', now() + interval '40 days' FROM ${table}`);
  await pool.query(`INSERT INTO ${table}_counts ${seedCounts}
    FROM generate_series(1, 2000) AS i, unnest('{5,10,25,50,100}'::integer[]) AS b`);
  await pool.query(`SELECT setval(pg_get_serial_sequence('${table}', 'sequence'), ${deliveries})`);
  for (const name of ["inbox", "inbox_counts", "deliveries"]) {
    await pool.query(`VACUUM ANALYZE ${schema}.latchhook_${name}`);
  }
  return { store, concurrency: 16, close };
}
