import { LatchhookError } from "@latchhook/core";
import {
  currentVersion,
  type Migration,
  requiredVersion,
  requireKnown,
  type SchemaState,
} from "../migration.ts";
import type { Connection } from "./connection.ts";
import type { SqliteDatabase } from "./driver.ts";

/** A schema in SQLite: a table that grows by numbered steps, and one row that says how far. */
export interface SchemaDefinition {
  /** The store, for messages: `"sqliteStore"`. */
  readonly store: string;
  readonly packageName: string;
  /** The table. */
  readonly table: string;
  /** The table with the one row, which step 1 makes: `id` and `schema_version`; what follows adds `required_version`. */
  readonly meta: string;
  readonly steps: readonly Migration[];
  /** Whether there are tables that an earlier release made without `meta`: they are what step 1 makes. */
  readonly mayLackMeta?: true;
  /** A query that fails where a column is missing. */
  readonly probe: string;
}

/**
 * Creates the tables, or brings them to this version.
 *
 * @throws LatchhookError `store-misconfigured` when a newer release's step breaks this code, or the tables are not the
 * store's at all.
 */
export function migrate(
  database: SqliteDatabase,
  connection: Connection,
  definition: SchemaDefinition,
): void {
  const { meta, steps } = definition;
  const current = currentVersion(steps);
  if (knownState(connection, definition).version < current) {
    connection.transaction(() => {
      // Read again: another process may have done it while this one waited for the lock.
      const { version } = knownState(connection, definition);
      const pending = steps.filter((step) => step.version > version);
      for (const sql of pending.flatMap(({ statements }) => statements)) database.exec(sql);
      if (pending.length > 0 && current > 1) recordVersion(database, connection, definition);
    });
  }
  try {
    connection.read(definition.probe);
  } catch (error) {
    throw notOurs(definition, `${definition.table} or ${meta} lacks a column`, error);
  }
}

/** From step 2 on the row says which version code has to know. */
function recordVersion(database: SqliteDatabase, connection: Connection, definition: SchemaDefinition): void {
  const { meta, steps } = definition;
  if (readMeta(connection, definition)?.required_version === undefined) {
    database.exec(`ALTER TABLE ${meta} ADD COLUMN required_version INTEGER NOT NULL DEFAULT 1`);
  }
  const sql = `UPDATE ${meta} SET schema_version = ?, required_version = ?`;
  connection.write(sql, currentVersion(steps), requiredVersion(steps));
}

function knownState(connection: Connection, definition: SchemaDefinition): SchemaState {
  const { table, packageName, steps } = definition;
  const state = readState(connection, definition);
  requireKnown({ tables: `table ${table} is`, packageName }, state, steps);
  return state;
}

function readState(connection: Connection, definition: SchemaDefinition): SchemaState {
  const { table, meta, mayLackMeta } = definition;
  const found = connection.read(
    "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name IN (?, ?)",
    table,
    meta,
  );
  const unversioned = found.length === 1 && found[0]?.name === table && mayLackMeta === true;
  if (found.length === 0 || unversioned) return { version: 0, required: 0 };
  if (found.length === 1)
    throw notOurs(definition, `there is a table ${found[0]?.name}, but not both of ${table} and ${meta}`);
  const row = readMeta(connection, definition);
  const version = Number(row?.schema_version);
  if (!Number.isSafeInteger(version) || version < 1)
    throw notOurs(definition, `${meta} holds no schema version`);
  return { version, required: Number(row?.required_version ?? version) };
}

function readMeta(connection: Connection, definition: SchemaDefinition) {
  const { meta } = definition;
  try {
    return connection.read(`SELECT * FROM ${meta} WHERE id = 1`)[0];
  } catch (error) {
    throw notOurs(definition, `${meta} has other columns`, error);
  }
}

function notOurs({ store }: SchemaDefinition, problem: string, cause?: unknown): LatchhookError {
  return new LatchhookError(
    "store-misconfigured",
    `${store}: ${problem}. Name another table with { table }, or drop these.`,
    { cause },
  );
}
