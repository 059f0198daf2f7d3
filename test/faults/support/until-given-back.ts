import { setTimeout as sleep } from "node:timers/promises";
import type { Pool } from "pg";

/**
 * Waits until every connection is back in its pool: a heartbeat or a purge may be on its way yet.
 *
 * @throws Error when one is not given back.
 */
export async function untilGivenBack(pool: Pool): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    if (pool.idleCount === pool.totalCount) return;
    await sleep(20);
  }
  throw new Error(`${pool.totalCount - pool.idleCount} connections were not given back to their pool.`);
}
