import type { InboxEntry, InboxStore } from "@latchhook/core";
import { fromHex } from "../../shared/inbox/hex.ts";
import { readLimitMs } from "../../shared/inbox/limits.ts";
import { limitConcurrency } from "../../shared/limit-concurrency.ts";
import type { Database, Row } from "../../shared/postgres/database.ts";
import { retryOnce } from "../../shared/postgres/database-error.ts";
import type { Names } from "../names.ts";
import {
  countDeliveries,
  findDelivery,
  groupFailures,
  listDeliveries,
  type Read,
  readCounts,
  tallySenders,
} from "./reads.ts";
import { countsJson, jsonArray, recordJson } from "./record-json.ts";
import type { InboxStatements } from "./statements.ts";

/** Reads and changes the inbox, before the store's checks and errors. */
export function createInbox<Transaction>(
  database: Database<Transaction>,
  names: Names,
  statements: InboxStatements,
): InboxStore {
  const run = createReader(database);

  return {
    async note(attempts, counts) {
      // In the order of their keys, as all that lock rows of the inbox.
      const sorted = attempts.toSorted((a, b) => (a.delivery.key < b.delivery.key ? -1 : 1));
      const values = [jsonArray(sorted.map(recordJson)), countsJson(counts)];
      await retryOnce(() => database.query(statements.note, values));
    },
    list: (query) => run(listDeliveries(names, query)),
    async count(filter, limit) {
      const [count = 0] = await run<number>(countDeliveries(names, filter, limit));
      return count;
    },
    async find(key) {
      if (!isKey(key)) return null;
      const [found] = await run<FoundEntry>(findDelivery(names, key));
      return found === undefined ? null : toEntry(found);
    },
    failures: (limit) => run(groupFailures(names, limit)),
    tally: () => run(tallySenders(names)),
    counts: (since) => run(readCounts(names, since)),
    dismiss: async (key) => isKey(key) && (await database.query(statements.dismiss, [key])).length > 0,
    dropBody: async (key) => isKey(key) && (await database.query(statements.dropBody, [key])).length > 0,
  };
}

/** Reads in a transaction of its own, for its settings, and on few connections: the others are for deliveries. */
function createReader<Transaction>(database: Database<Transaction>) {
  const limit = limitConcurrency(Math.max(1, Math.floor(database.connections / 4)));
  // Compiling a read takes longer than the read.
  const settings = `SELECT set_config('statement_timeout', '${readLimitMs}', true) AS timeout,
  set_config('transaction_read_only', 'on', true) AS read_only, set_config('jit', 'off', true) AS jit`;

  return async <Result>({ text, values }: Read): Promise<readonly Result[]> => {
    let rows: readonly Row[] = [];
    await limit(() =>
      database.transaction(async (_transaction, query) => {
        await query({ text: settings, columns: ["timeout", "read_only", "jit"] }, []);
        rows = await query({ text, columns: ["row"] }, values);
      }),
    );
    return rows.map((row) => JSON.parse(String(row.row)) as Result);
  };
}

interface FoundEntry {
  readonly delivery: InboxEntry["delivery"];
  readonly last: InboxEntry["attempts"][number];
  readonly earlier: InboxEntry["attempts"];
  readonly headers: string | null;
  readonly body: string | null;
}

function toEntry({ delivery, last, earlier, headers, body }: FoundEntry): InboxEntry {
  return {
    delivery,
    attempts: [...earlier, last],
    headers,
    body: body === null ? null : fromHex(body),
  };
}

function isKey(text: string): boolean {
  return /^[0-9a-f]{64}$/.test(text);
}
