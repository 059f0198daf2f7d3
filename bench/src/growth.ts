import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Store } from "@latchhook/core";
import { memoryStore } from "@latchhook/core/stores/memory";
import { postgresStore } from "@latchhook/stores/postgres";
import { redisStore } from "@latchhook/stores/redis";
import { sqliteStore } from "@latchhook/stores/sqlite";
import Database from "libsql";
import type { Part, Row } from "./report.ts";
import { openPostgres, openRedis } from "./servers.ts";
import { newKey, retainMs, throughput } from "./store-work.ts";

/** A store that already remembers many deliveries, a tenth of them due for purging. */
interface Grown {
  readonly store: Store<unknown>;
  readonly concurrency: number;
  /** What it weighs, in bytes; left out where the memory part measures it better. */
  size?(): number | Promise<number>;
  close(): void | Promise<void>;
}

type Grow = (entries: number) => Promise<Grown | undefined>;

const durationMs = 3_000;

/** Whether throughput stays what it is as a store fills, with purging going on beside it. */
export async function growthPart(large: boolean): Promise<Part> {
  const sizes = [10_000, 1_000_000];
  const rows: Row[] = [
    ...(await engine("memory", growMemory, sizes)),
    ...(await engine("Redis", growRedis, sizes)),
    ...(await engine("SQLite", growSqlite, large ? [...sizes, 10_000_000] : sizes)),
    ...(await engine("PostgreSQL", growPostgres, large ? [...sizes, 10_000_000] : sizes)),
  ];
  return {
    title: "Growth",
    note: "Deliveries a second with purging beside them, as a fraction of the same with 10,000 remembered. Flat is 1.",
    rows,
  };
}

async function engine(name: string, grow: Grow, sizes: readonly number[]): Promise<Row[]> {
  const rows: Row[] = [];
  let small: number | undefined;
  for (const entries of sizes) {
    const grown = await grow(entries);
    if (grown === undefined)
      return [{ case: name, name: "not measured: no server", figure: "", absolute: "" }];
    try {
      const bytes = await grown.size?.();
      const perSecond = await withPurging(grown);
      small ??= perSecond;
      const fraction = perSecond / small;
      rows.push({
        case: `${name}, ${entries.toLocaleString("en")} remembered`,
        name: "claim + complete",
        figure: fraction.toFixed(2),
        absolute: `${perSecond.toFixed(0)}/s${bytes === undefined ? "" : `, ${(bytes / entries).toFixed(0)} B an entry`}`,
        ...(entries > 10_000 ? { target: ">= 0.8", met: fraction >= 0.8 } : {}),
      });
    } finally {
      await grown.close();
    }
  }
  return rows;
}

async function withPurging({ store, concurrency }: Grown): Promise<number> {
  let running = true;
  const purging = (async () => {
    while (running) {
      await store.purge(200);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  })();
  const perSecond = await throughput(store, concurrency, durationMs);
  running = false;
  await purging;
  return perSecond;
}

const growMemory: Grow = async (entries) => {
  const store = memoryStore({ maxEntries: 16_000_000 });
  for (let done = 0; done < entries; done++) {
    const key = newKey();
    const claimed = store.claim(key, { owner: "seed", leaseMs: 1_000, retainMs });
    if (claimed.state !== "claimed") continue;
    store.complete(
      { key, owner: "seed", fence: claimed.fence },
      { retainMs: done % 10 === 0 ? 1 : retainMs },
    );
  }
  return { store, concurrency: 1, close: () => store.close() };
};

const growSqlite: Grow = async (entries) => {
  const folder = mkdtempSync(join(tmpdir(), "latchhook-bench-"));
  const path = join(folder, "store.db");
  const store = sqliteStore({ path, driver: (file) => new Database(file) });
  const database = await store.database();
  // Sorted first, so that the tree is written from one end to the other.
  database.exec(`INSERT INTO latchhook_deliveries
    (key, owner, fence, attempt, takeover, state, lease_until, purge_after)
    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT ${entries})
    SELECT randomblob(32) AS key, 'seed', 1, 1, 0, 2, 0, CASE WHEN i % 10 = 0 THEN 0 ELSE 4000000000000 END
    FROM n ORDER BY key`);
  database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  return {
    store,
    concurrency: 1,
    size: () => statSync(path).size,
    async close() {
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};

const growPostgres: Grow = async (entries) => {
  const opened = await openPostgres();
  if (opened === undefined) return undefined;
  const { pool, schema } = opened;
  const store = postgresStore({ client: pool, schema });
  await store.migrate();
  const table = `${schema}.latchhook_deliveries`;
  await pool.query(`INSERT INTO ${table}
    (key, state, owner, fence, attempt, takeover, leased_until, expires_at, purge_at)
    SELECT sha256(i::text::bytea), 'completed', 'seed', 1, 1, false, now(), due, due
    FROM (SELECT i, now() + CASE WHEN i % 10 = 0 THEN interval '0' ELSE interval '30 days' END AS due
          FROM generate_series(1, ${entries}) AS i) AS seeds`);
  await pool.query(`VACUUM ANALYZE ${table}`);
  return {
    store,
    concurrency: 16,
    async size() {
      const { rows } = await pool.query(`SELECT pg_total_relation_size('${table}') AS bytes`);
      return Number(rows[0].bytes);
    },
    close: opened.close,
  };
};

const growRedis: Grow = async (entries) => {
  const opened = await openRedis();
  if (opened === undefined) return undefined;
  const { client, prefix } = opened;
  const usedMemory = async (): Promise<number> =>
    Number(/used_memory:(\d+)/.exec(await client.info("memory"))?.[1] ?? Number.NaN);
  const before = await usedMemory();
  const batch = 1_000;
  for (let done = 0; done < entries; done += batch) {
    const seeds = Array.from({ length: batch }, newKey);
    const record = "completed 1 1 f 0 seed";
    const expiration = { type: "PX", value: retainMs } as const;
    await Promise.all(seeds.map((key) => client.set(`${prefix}${key}`, record, { expiration })));
  }
  const bytes = (await usedMemory()) - before;
  return { store: redisStore({ client, prefix }), concurrency: 16, size: () => bytes, close: opened.close };
};
