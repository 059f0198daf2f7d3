import type { Database, Statement } from "./database.ts";

/** A statement of this many rows takes some milliseconds, and its locks last as long. */
const batchSize = 1_000;

/** Deletes up to `limit` records whose retention is over, in small statements. Returns how many. */
export async function purgeRecords<Transaction>(
  database: Database<Transaction>,
  purge: Statement,
  limit: number,
): Promise<number> {
  let total = 0;
  while (total < limit) {
    const size = Math.min(batchSize, limit - total);
    const [row] = await database.query(purge, [String(size)]);
    total += Number(row?.purged);
    if (Number(row?.due) < size) break;
  }
  return total;
}
