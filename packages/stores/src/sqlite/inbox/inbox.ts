import { Buffer } from "node:buffer";
import { type InboxStore, LatchhookError } from "@latchhook/core";
import type { Connection } from "../../shared/sqlite/connection.ts";
import { isUnfit, toStoreError } from "../../shared/sqlite/errors.ts";
import type { Tables } from "../schema.ts";
import { isRunning } from "./conditions.ts";
import { groupFailures, tallySenders } from "./groups.ts";
import { countDeliveries, findDelivery, listDeliveries, type Reader, readCounts } from "./reads.ts";
import type { InboxWriter } from "./write.ts";

/** How the inbox comes to its connections. Both reject where the store is closed, or the inbox missing. */
export interface InboxConnections {
  /** Runs `body` in a transaction, once more while the file is busy. */
  write<Result>(body: (connection: Connection) => Result): Promise<Result>;
  read(): Promise<Connection>;
}

/** Reads and changes the inbox. */
export function createInbox(
  tables: Tables,
  readTime: () => number,
  writer: InboxWriter,
  connections: InboxConnections,
): InboxStore {
  const sql = changeStatements(tables);

  async function read<Result>(run: (reader: Reader) => Promise<Result> | Result): Promise<Result> {
    const connection = await connections.read();
    try {
      return await run({ connection, tables, now: readTime() });
    } catch (error) {
      throw isUnfit(error) ? inboxMissing(tables, error) : toStoreError(error, "sqliteStore");
    }
  }

  return {
    note: (attempts, counts) =>
      connections.write((connection) => {
        const now = readTime();
        for (const record of attempts) writer.note(connection, record, now);
        for (const count of counts) writer.add(connection, count);
      }),
    list: (query) => read((reader) => listDeliveries(reader, query)),
    count: (filter, limit) => read((reader) => countDeliveries(reader, filter, limit)),
    find: (key) => read((reader) => (isKey(key) ? findDelivery(reader, key) : null)),
    failures: (limit) => read((reader) => groupFailures(reader, limit)),
    tally: () => read(tallySenders),
    counts: (since) => read((reader) => collect(readCounts(reader, since))),
    dismiss: (key) =>
      connections.write(
        (connection) => isKey(key) && connection.write(sql.dismiss, Buffer.from(key, "hex"), readTime()) > 0,
      ),
    dropBody: (key) =>
      connections.write(
        (connection) => isKey(key) && connection.write(sql.dropBody, null, Buffer.from(key, "hex")) > 0,
      ),
  };
}

/** What the inbox answers where its tables are not there. Deliveries go on without it. */
export function inboxMissing({ inbox }: Tables, cause: unknown): LatchhookError {
  return new LatchhookError(
    "store-misconfigured",
    `sqliteStore: the inbox, table ${inbox} and those beside it, is missing or lacks a column. Restore it from a backup, or name another table with { table }.`,
    { cause },
  );
}

function changeStatements(tables: Tables) {
  return {
    dismiss: `UPDATE ${tables.inbox} AS item SET state = 'dismissed'
      WHERE key = ? AND state = 'failed' AND NOT ${isRunning(tables)}`,
    dropBody: `UPDATE ${tables.inbox} SET body = ?, body_until = NULL WHERE key = ? AND body IS NOT NULL`,
  };
}

async function collect<Item>(parts: AsyncIterable<readonly Item[]>): Promise<readonly Item[]> {
  const all: Item[] = [];
  for await (const part of parts) all.push(...part);
  return all;
}

function isKey(text: string): boolean {
  return /^[0-9a-f]{64}$/.test(text);
}
