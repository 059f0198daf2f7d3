import { randomBytes } from "node:crypto";
import pg from "pg";
import { createClient } from "redis";

/** A connected client, and a prefix of this run's own. Undefined where no server answers. */
export async function openRedis() {
  const client = createClient({
    url: process.env.REDIS_URL ?? "redis://127.0.0.1:6379",
    socket: { reconnectStrategy: false, connectTimeout: 1_000 },
  });
  client.on("error", () => {});
  try {
    await client.connect();
  } catch {
    return undefined;
  }
  const prefix = `bench:${randomBytes(4).toString("hex")}:`;
  return {
    client,
    prefix,
    async close() {
      for await (const found of client.scanIterator({ MATCH: `${prefix}*`, COUNT: 1000 })) {
        if (found.length > 0) await client.unlink(found);
      }
      client.destroy();
    },
  };
}

/** A pool, and a schema of this run's own. Undefined where no server answers. */
export async function openPostgres() {
  const connectionString = process.env.DATABASE_URL ?? "postgres://postgres@127.0.0.1:5432/postgres";
  const pool = new pg.Pool({ connectionString, max: 10, connectionTimeoutMillis: 1_000 });
  pool.on("error", () => {});
  const schema = `bench_${randomBytes(4).toString("hex")}`;
  try {
    await pool.query(`CREATE SCHEMA ${schema}`);
  } catch {
    await pool.end();
    return undefined;
  }
  return {
    pool,
    schema,
    async close() {
      await pool.query(`DROP SCHEMA ${schema} CASCADE`);
      await pool.end();
    },
  };
}
