import { requirePlainName } from "../shared/plain-name.ts";
import type { SchemaDefinition } from "../shared/sqlite/schema.ts";
import { createInbox } from "./inbox/schema.ts";

/** The names of the store's tables. */
export interface Tables {
  /** One row for each delivery. */
  readonly deliveries: string;
  /** One row: the schema's version and the fence floor. */
  readonly meta: string;
  /** What people are shown of deliveries: one row a key. */
  readonly inbox: string;
  readonly inboxAttempts: string;
  readonly inboxCounts: string;
}

/** The states of a delivery's row. */
export const inFlight = 0;
export const failed = 1;
export const completed = 2;

/**
 * The tables for a name.
 *
 * @throws LatchhookError `invalid-option` unless it is a plain SQL identifier.
 */
export function tablesNamed(name: string): Tables {
  requirePlainName("sqliteStore: table", name, 63);
  const inbox = `${name.replace(/_?deliveries$/, "")}_inbox`;
  return {
    deliveries: name,
    meta: `${name}_meta`,
    inbox,
    inboxAttempts: `${inbox}_attempts`,
    inboxCounts: `${inbox}_counts`,
  };
}

/**
 * The schema of deliveries.
 *
 * A delivery is one row of one B-tree: the key is stored as its 32 bytes, and there is no index on the expiry column,
 * which would double what a claim writes. The fence floor is the greatest fence that purge has removed; a key that
 * comes again starts above it.
 */
export function deliveriesSchema(tables: Tables): SchemaDefinition {
  const { deliveries, meta } = tables;
  return {
    store: "sqliteStore",
    packageName: "@latchhook/stores",
    table: deliveries,
    meta,
    steps: [
      { version: 1, statements: createDeliveries(tables) },
      { version: 2, statements: createInbox(tables) },
    ],
    probe: `SELECT key, owner, fence, attempt, takeover, state, lease_until, purge_after, fence_floor
      FROM ${deliveries}, ${meta} LIMIT 0`,
  };
}

function createDeliveries({ deliveries, meta }: Tables): readonly string[] {
  return [
    `CREATE TABLE ${deliveries} (
      key BLOB PRIMARY KEY NOT NULL,
      owner TEXT NOT NULL,
      fence INTEGER NOT NULL,
      attempt INTEGER NOT NULL,
      takeover INTEGER NOT NULL,
      state INTEGER NOT NULL,
      lease_until INTEGER NOT NULL,
      purge_after INTEGER NOT NULL
    ) WITHOUT ROWID`,
    `CREATE TABLE ${meta} (
      id INTEGER PRIMARY KEY CHECK (id = 1),
      schema_version INTEGER NOT NULL,
      fence_floor INTEGER NOT NULL
    )`,
    `INSERT INTO ${meta} VALUES (1, 1, 0)`,
  ];
}
