import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { memoryStore } from "@latchhook/core/stores/memory";
import { postgresStore } from "@latchhook/stores/postgres";
import { redisStore } from "@latchhook/stores/redis";
import { sqliteStore } from "@latchhook/stores/sqlite";
import Database from "libsql";
import { type Candidate, interleaved } from "./interleaved.ts";
import { microsecondsText, type Part, type Row, ratioText } from "./report.ts";
import { openPostgres, openRedis } from "./servers.ts";
import { claimAndComplete, claimCompleted, leaseMs, newKey } from "./store-work.ts";

/** Claim and complete against each engine's own floor, in one process, in turn. */
export async function storesPart(): Promise<Part> {
  const rows = [...(await memory()), ...(await sqlite()), ...(await redis()), ...(await postgres())];
  return {
    title: "Stores",
    note: "Claim + complete of a new delivery, as a multiple of the engine's own floor; a duplicate as a multiple of one read.",
    rows,
  };
}

/** Keys are made beforehand: making one costs more than the memory store. */
function keys(count: number): string[] {
  return Array.from({ length: count }, newKey);
}

/** Does `one` to each key, `concurrency` at a time. */
async function each(
  all: readonly string[],
  concurrency: number,
  one: (key: string) => unknown,
): Promise<void> {
  let next = 0;
  async function worker(): Promise<void> {
    for (let key = all[next++]; key !== undefined; key = all[next++]) await one(key);
  }
  await Promise.all(Array.from({ length: concurrency }, worker));
}

function perKey(name: string, concurrency: number, one: (key: string) => unknown): Candidate {
  return { name, run: (count) => each(keys(count), concurrency, one) };
}

interface Comparison {
  readonly label: string;
  readonly floor: Candidate;
  readonly own: Candidate;
  readonly target?: number | undefined;
}

async function compare({ label, floor, own, target }: Comparison, rounds = 25): Promise<Row[]> {
  const measured = await interleaved([floor, own], { rounds, batchMs: 60 });
  return measured.map((one, index) => ({
    case: label,
    name: one.name,
    figure: ratioText(one),
    absolute: microsecondsText(one.microseconds),
    ...(index === 1 && target !== undefined ? { target: `<= ${target}`, met: one.ratio <= target } : {}),
  }));
}

async function memory(): Promise<Row[]> {
  const bare = new Map<string, number>();
  const store = memoryStore({ maxEntries: 16_000_000 });
  // A million keys used in turn: what is measured is the store, not the making of keys.
  const pool = keys(1_000_000);
  let next = 0;
  let turn = 0;
  function takeKey(): string {
    next = (next + 1) % pool.length;
    if (next === 0) {
      turn++;
      bare.clear();
    }
    return pool[next] as string;
  }
  const options = { owner: "bench", leaseMs, retainMs: 1 };
  return compare({
    label: "memory",
    floor: {
      name: "Map set",
      run(count) {
        for (let done = 0; done < count; done++) bare.set(takeKey(), turn);
      },
    },
    own: {
      name: "claim + complete",
      run(count) {
        for (let done = 0; done < count; done++) {
          const key = takeKey();
          const claimed = store.claim(key, options);
          if (claimed.state === "claimed")
            store.complete({ key, owner: "bench", fence: claimed.fence }, { retainMs: 1 });
        }
      },
    },
    target: 2,
  });
}

async function sqlite(): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), "latchhook-bench-"));
  const store = sqliteStore({ path: join(folder, "store.db"), driver: (path) => new Database(path) });
  const bare = new Database(join(folder, "floor.db"));
  bare.exec(
    "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE floor (key BLOB PRIMARY KEY, at INTEGER) WITHOUT ROWID",
  );
  const insert = bare.prepare("INSERT INTO floor VALUES (?, ?)");
  // Two parameters: libsql takes a lone Buffer for named ones, and panics.
  const select = bare.prepare("SELECT at FROM floor WHERE key = ? AND at > ?");
  try {
    const known = newKey();
    await claimAndComplete(store, known);
    insert.run(Buffer.from(known, "hex"), 1);
    return [
      ...(await compare({
        label: "SQLite",
        floor: perKey("one committed INSERT", 1, (key) => insert.run(Buffer.from(key, "hex"), Date.now())),
        own: perKey("claim + complete", 1, (key) => claimAndComplete(store, key)),
        target: 1.3,
      })),
      ...(await compare({
        label: "SQLite, duplicate",
        floor: repeat("one SELECT", 1, () => select.all(Buffer.from(known, "hex"), 0)),
        own: repeat("claim", 1, () => claimCompleted(store, known)),
        target: 1.2,
      })),
    ];
  } finally {
    await store.close();
    bare.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function repeat(name: string, concurrency: number, one: () => unknown): Candidate {
  return { name, run: (count) => each(new Array<string>(count).fill(""), concurrency, one) };
}

async function redis(): Promise<Row[]> {
  const opened = await openRedis();
  if (opened === undefined) return [missing("Redis", "REDIS_URL or 127.0.0.1:6379")];
  const { client, prefix, close } = opened;
  const store = redisStore({ client, prefix });
  const rows: Row[] = [];
  try {
    for (const [concurrency, target] of [
      [1, 1.2],
      [16, undefined],
      [64, 1.35],
    ] as const) {
      rows.push(
        ...(await compare({
          label: `Redis, ${concurrency} at a time`,
          floor: repeat("two PINGs", concurrency, async () => {
            await client.ping();
            await client.ping();
          }),
          own: perKey("claim + complete", concurrency, (key) => claimAndComplete(store, key)),
          target,
        })),
      );
    }
    const known = newKey();
    await claimAndComplete(store, known);
    rows.push(
      ...(await compare({
        label: "Redis, duplicate",
        floor: repeat("one GET", 1, () => client.get(`${prefix}none`)),
        own: repeat("claim", 1, () => claimCompleted(store, known)),
        target: 1.2,
      })),
    );
    return rows;
  } finally {
    await close();
  }
}

async function postgres(): Promise<Row[]> {
  const opened = await openPostgres();
  if (opened === undefined) return [missing("PostgreSQL", "DATABASE_URL or 127.0.0.1:5432")];
  const { pool, schema, close } = opened;
  const store = postgresStore({ client: pool, schema });
  await store.migrate();
  await pool.query(`CREATE TABLE ${schema}.floor (key bytea PRIMARY KEY, at timestamptz NOT NULL)`);
  const insert = {
    name: "floor_insert",
    text: `INSERT INTO ${schema}.floor VALUES (decode($1, 'hex'), clock_timestamp())`,
  };
  const select = {
    name: "floor_select",
    text: `SELECT at FROM ${schema}.floor WHERE key = decode($1, 'hex')`,
  };
  const rows: Row[] = [];
  try {
    for (const [concurrency, target] of [
      [1, 1.75],
      [16, undefined],
      [64, 0.6],
    ] as const) {
      rows.push(
        ...(await compare({
          label: `PostgreSQL, ${concurrency} at a time`,
          floor: perKey("one committed INSERT", concurrency, (key) =>
            pool.query({ ...insert, values: [key] }),
          ),
          own: perKey("claim + complete", concurrency, (key) => claimAndComplete(store, key)),
          target,
        })),
      );
    }
    const known = newKey();
    await claimAndComplete(store, known);
    await pool.query({ ...insert, values: [known] });
    rows.push(
      ...(await compare({
        label: "PostgreSQL, duplicate",
        floor: repeat("one SELECT", 1, () => pool.query({ ...select, values: [known] })),
        own: repeat("claim", 1, () => claimCompleted(store, known)),
        target: 1.2,
      })),
    );
    return rows;
  } finally {
    await close();
  }
}

function missing(engine: string, where: string): Row {
  return { case: engine, name: `not measured: nothing answers at ${where}`, figure: "", absolute: "" };
}
