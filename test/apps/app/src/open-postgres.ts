import type { Pool } from "pg";

/**
 * A pool of connections. The driver is loaded only here, for those who use PostgreSQL.
 *
 * A connection is waited for up to two seconds: a sender that is answered 503 tries again, one that hears nothing may
 * give up.
 */
export async function openPostgres(url: string, max = 10): Promise<Pool> {
  const { default: pg } = await import("pg");
  const pool = new pg.Pool({
    connectionString: url,
    max,
    connectionTimeoutMillis: 2_000,
    keepAlive: true,
  });
  // An idle connection that breaks is replaced at the next query; without a listener it would end the process.
  pool.on("error", () => {});
  return pool;
}
