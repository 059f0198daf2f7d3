import { LatchhookError } from "@latchhook/core";
import type { Connection } from "./connection.ts";
import type { SqliteDatabase } from "./driver.ts";

/** The names of the store's two tables. */
export interface Tables {
  /** One row for each delivery. */
  readonly deliveries: string;
  /** One row: the schema's version and the fence floor. */
  readonly meta: string;
}

/** The states of a delivery's row. */
export const inFlight = 0;
export const failed = 1;
export const completed = 2;

/**
 * Numbered from 1; a released one never changes.
 *
 * A delivery is one row of one B-tree: the key is stored as its 32 bytes, and there is no index on the expiry column,
 * which would double what a claim writes. The fence floor is the greatest fence that purge has removed; a key that
 * comes again starts above it.
 */
const migrations: readonly ((tables: Tables) => string)[] = [
  ({ deliveries, meta }) => `
    CREATE TABLE ${deliveries} (
      key BLOB PRIMARY KEY NOT NULL,
      owner TEXT NOT NULL,
      fence INTEGER NOT NULL,
      attempt INTEGER NOT NULL,
      takeover INTEGER NOT NULL,
      state INTEGER NOT NULL,
      lease_until INTEGER NOT NULL,
      purge_after INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE ${meta} (
      id INTEGER PRIMARY KEY CHECK (id = 1),
      schema_version INTEGER NOT NULL,
      fence_floor INTEGER NOT NULL
    );
    INSERT INTO ${meta} VALUES (1, 1, 0);`,
];

/**
 * The tables for a name.
 *
 * @throws LatchhookError `invalid-option` unless it is a plain SQL identifier.
 */
export function tablesNamed(name: string): Tables {
  if (!/^[A-Za-z_][A-Za-z0-9_]{0,62}$/.test(name)) {
    throw new LatchhookError(
      "invalid-option",
      "sqliteStore: table must be a name of letters, digits and underscores, such as webhook_deliveries.",
    );
  }
  return { deliveries: name, meta: `${name}_meta` };
}

/**
 * Creates the tables, or brings them to this version.
 *
 * @throws LatchhookError `store-misconfigured` when they are a newer version's, or not the store's at all.
 */
export function migrate(database: SqliteDatabase, connection: Connection, tables: Tables): void {
  if (schemaVersion(connection, tables) !== migrations.length) {
    connection.transaction(() => {
      // Read again: another process may have done it while this one waited for the lock.
      for (const migration of migrations.slice(schemaVersion(connection, tables))) {
        database.exec(migration(tables));
      }
      connection.write(`UPDATE ${tables.meta} SET schema_version = ?`, migrations.length);
    });
  }
  checkColumns(connection, tables);
}

/** The version of the tables; 0 where there are none. */
function schemaVersion(connection: Connection, { deliveries, meta }: Tables): number {
  const found = connection.read(
    "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name IN (?, ?)",
    deliveries,
    meta,
  );
  if (found.length === 0) return 0;
  if (found.length === 1)
    throw notOurs(`there is a table ${found[0]?.name}, but not both of ${deliveries} and ${meta}`);
  let version: unknown;
  try {
    version = connection.read(`SELECT schema_version FROM ${meta} WHERE id = 1`)[0]?.schema_version;
  } catch (error) {
    throw notOurs(`${meta} has other columns`, error);
  }
  const number = Number(version);
  if (!Number.isSafeInteger(number) || number < 1) throw notOurs(`${meta} holds no schema version`);
  if (number > migrations.length) {
    throw new LatchhookError(
      "store-misconfigured",
      `sqliteStore: ${deliveries} has schema version ${number}, and this release knows ${migrations.length}. Update @latchhook/stores, or name another table.`,
    );
  }
  return number;
}

function checkColumns(connection: Connection, { deliveries, meta }: Tables): void {
  try {
    connection.read(
      `SELECT key, owner, fence, attempt, takeover, state, lease_until, purge_after, fence_floor
       FROM ${deliveries}, ${meta} LIMIT 0`,
    );
  } catch (error) {
    throw notOurs(`${deliveries} or ${meta} lacks a column`, error);
  }
}

function notOurs(problem: string, cause?: unknown): LatchhookError {
  return new LatchhookError(
    "store-misconfigured",
    `sqliteStore: ${problem}. Name another table with { table }, or drop these.`,
    { cause },
  );
}
