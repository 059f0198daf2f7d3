import { Buffer } from "node:buffer";
import type {
  InboxDelivery,
  InboxEntry,
  InboxFilter,
  InboxQuery,
  OutcomeCode,
  OutcomeCount,
} from "@latchhook/core";
import { mostAttempts } from "../../shared/inbox/limits.ts";
import type { Connection, Row } from "../../shared/sqlite/connection.ts";
import type { Tables } from "../schema.ts";
import { conditionsFor, searchFor } from "./conditions.ts";
import { deliveryColumns, lastAttemptColumns, textOrNull, toAttempt, toDelivery } from "./rows.ts";
import { type ScanOptions, type Stretch, stretches } from "./scan.ts";

/** What reads need. */
export interface Reader {
  readonly connection: Connection;
  readonly tables: Tables;
  readonly now: number;
}

export async function listDeliveries(
  reader: Reader,
  { before, after, limit, ...filter }: InboxQuery,
): Promise<readonly InboxDelivery[]> {
  const { connection, tables, now } = reader;
  const order = after === undefined ? "newest first" : "oldest first";
  const found: InboxDelivery[] = [];
  for await (const part of partsOf(reader, filter, { order, before, after })) {
    const rows = connection.read(
      `SELECT ${deliveryColumns(tables)} FROM ${tables.inbox} AS item WHERE ${part.sql}
      ORDER BY item.sequence ${order === "newest first" ? "DESC" : "ASC"} LIMIT ?`,
      ...[now, now, ...part.values, limit - found.length],
    );
    found.push(...rows.map(toDelivery));
    if (found.length >= limit) break;
  }
  return found;
}

export async function countDeliveries(reader: Reader, filter: InboxFilter, limit: number): Promise<number> {
  const { connection, tables } = reader;
  let count = 0;
  for await (const part of partsOf(reader, filter, { order: "newest first" })) {
    const [row] = connection.read(
      `SELECT count(*) AS count FROM (SELECT 1 FROM ${tables.inbox} AS item WHERE ${part.sql} LIMIT ?)`,
      ...[...part.values, limit - count],
    );
    count += Number(row?.count);
    if (count >= limit) break;
  }
  return count;
}

interface FilteredPart {
  readonly sql: string;
  readonly values: readonly (string | number | Uint8Array | null | bigint)[];
}

/** Where a filter is to be looked for: what a search finds at once, all else in stretches. */
async function* partsOf(
  { connection, tables, now }: Reader,
  { search, ...filter }: InboxFilter,
  { order, before, after }: Pick<ScanOptions, "order" | "before" | "after">,
): AsyncGenerator<FilteredPart> {
  const conditions = conditionsFor(tables, filter, now);
  const { values } = conditions;
  if (search !== undefined) {
    const found = searchFor(tables, search);
    const within: Stretch = { from: (after ?? 0) + 1, to: (before ?? Number.MAX_SAFE_INTEGER) - 1 };
    const sql = [`item.sequence IN (${found.sql.join(" UNION ")})`, "item.sequence BETWEEN ? AND ?"];
    yield {
      sql: [...sql, ...conditions.sql].join(" AND "),
      values: [...found.values, within.from, within.to, ...values],
    };
    return;
  }
  // Nobody claims what is done, unless it was forgotten.
  const open = filter.state !== undefined && filter.state !== "done";
  const sql = [...(open ? ["item.state <> 'done'"] : []), "item.sequence BETWEEN ? AND ?", ...conditions.sql];
  const { since, until } = filter;
  const bounds = { order, before, after, since, until };
  for await (const { from, to } of stretches(connection, tables, { open, ...bounds })) {
    yield { sql: sql.join(" AND "), values: [from, to, ...values] };
  }
}

export function findDelivery({ connection, tables, now }: Reader, key: string): InboxEntry | null {
  const { inbox, inboxAttempts } = tables;
  const [row] = connection.read(
    `SELECT ${deliveryColumns(tables)}, item.attempts, item.headers, item.body FROM ${inbox} AS item WHERE key = ?`,
    ...[now, now, Buffer.from(key, "hex")],
  );
  if (row === undefined) return null;
  const earlier = connection.read(
    `SELECT * FROM ${inboxAttempts} WHERE sequence = ? AND number BETWEEN ? AND ? ORDER BY number`,
    ...[Number(row.sequence), Number(row.attempts) - mostAttempts + 1, Number(row.attempts) - 1],
  );
  const last = connection.read(
    `SELECT ${lastAttemptColumns} FROM ${inbox} WHERE sequence = ? AND attempts = ?`,
    ...[Number(row.sequence), Number(row.attempts)],
  );
  return {
    delivery: toDelivery(row),
    attempts: [...earlier, ...last].map(toAttempt),
    headers: textOrNull(row.headers),
    // libsql answers with an ArrayBuffer.
    body: row.body == null ? null : new Uint8Array(row.body as ArrayBuffer | Uint8Array),
  };
}

const minutesAtOnce = 60;
const minuteMs = 60_000;

/** An hour at a time. */
export async function* readCounts(
  { connection, tables }: Reader,
  since: number,
): AsyncGenerator<readonly OutcomeCount[]> {
  const { inboxCounts } = tables;
  const [ends] = connection.read(
    `SELECT (SELECT min(minute) FROM ${inboxCounts} WHERE minute >= ?) AS first,
      (SELECT max(minute) FROM ${inboxCounts}) AS last`,
    since,
  );
  if (ends?.first == null) return;
  const step = minutesAtOnce * minuteMs;
  for (let from = Number(ends.first); from <= Number(ends.last); from += step) {
    yield connection
      .read(`SELECT * FROM ${inboxCounts} WHERE minute >= ? AND minute < ?`, from, from + step)
      .map(toCount);
  }
}

function toCount(row: Row): OutcomeCount {
  return {
    minute: Number(row.minute),
    scope: String(row.scope),
    provider: String(row.provider),
    outcome: row.outcome as OutcomeCode,
    reason: String(row.reason),
    bucketMs: Number(row.bucket_ms),
    secretIndex: Number(row.secret_index),
    count: Number(row.count),
  };
}
