import { isLatchhookError, LatchhookError } from "@latchhook/core";
import { currentVersion, type Migration, requireKnown, type SchemaState } from "../migration.ts";
import { type CheckMemory, rememberCheck } from "../remember-check.ts";
import type { Database, RunQuery, Statement } from "./database.ts";
import { isSchemaMismatch, type PostgresSubject, schemaError, toStoreError } from "./database-error.ts";

/** A schema in PostgreSQL: tables that grow by numbered steps, and a table of the steps that a database has. */
export interface SchemaDefinition {
  readonly subject: PostgresSubject;
  /** The schema that holds them, quoted. */
  readonly schema: string;
  /** The table of the steps, quoted and with its schema. */
  readonly migrations: string;
  readonly steps: readonly Migration[];
  /** Tables that code can do without for a while, quoted and with their schema: `check` looks for them itself. */
  readonly looksFor?: readonly string[];
  /** A table that earlier releases made without a table of the steps: where it is alone, the database is at step 1. */
  readonly unversioned?: string;
}

interface RecordedState extends SchemaState {
  /** Whether there is a table of the steps. */
  readonly recorded: boolean;
}

/** The tables' presence and version. */
export interface Schema {
  /** Whether `check` has passed. */
  readonly memory: CheckMemory;
  /**
   * @throws LatchhookError `store-misconfigured` when the tables are missing, older than this code, or newer by a step
   * that breaks it.
   */
  check(): Promise<void>;
  /** The same, for what can be done with the tables of an earlier version. */
  checkAtLeast(version: number): Promise<void>;
  /** Creates or upgrades the tables. Several processes may call it at once. */
  migrate(): Promise<void>;
  /** The store's error for what a client threw. Where statements do not fit the tables, it is looked why. */
  toError(error: unknown, operation: string): Promise<LatchhookError>;
}

/** Looks after the tables of a definition. */
export function createSchema(database: Database<unknown>, definition: SchemaDefinition): Schema {
  const { subject, migrations, steps, looksFor = [] } = definition;
  const needed = currentVersion(steps);

  async function checkAtLeast(version: number): Promise<void> {
    const state = await readState(database.query, definition);
    requireKnown(subject, state, steps);
    if (state.version >= version) return;
    throw schemaError(
      subject,
      state.version === 0 ? "missing" : `at version ${state.version}, and this code needs ${needed}`,
    );
  }

  async function check(): Promise<void> {
    await checkAtLeast(needed);
    const missing = await findMissing(database.query, looksFor);
    if (missing !== undefined) throw lostTable(missing, migrations);
  }

  async function migrate(): Promise<void> {
    const before = await readState(database.query, definition);
    requireKnown(subject, before, steps);
    if (before.recorded && before.version >= needed) return;
    await database.transaction(async (_transaction, query) => {
      // Held until COMMIT: of several processes that start at once, one migrates and the others find it done.
      await query({ text: "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))" }, [migrations]);
      const { version, recorded } = await readState(query, definition);
      // A table without the other is made whole by step 1, which makes what is missing.
      const after = recorded ? version : 0;
      for (const text of migrationStatements(definition, after)) await query({ text }, []);
    });
  }

  return {
    memory: rememberCheck(migrations, database.clientOptions),
    check,
    checkAtLeast,
    migrate: () => migrate().catch((error) => Promise.reject(toStoreError(error, "migrate", subject))),
    async toError(error, operation) {
      if (!isSchemaMismatch(error)) return toStoreError(error, operation, subject);
      const explanation: unknown = await check().catch((reason) => reason);
      return isLatchhookError(explanation) ? explanation : toStoreError(error, operation, subject);
    },
  };
}

async function findMissing(query: RunQuery, tables: readonly string[]): Promise<string | undefined> {
  const statement: Statement = {
    columns: ["recorded"],
    text: "SELECT (to_regclass($1) IS NOT NULL)::text AS recorded",
  };
  for (const table of tables) {
    const [found] = await query(statement, [table]);
    if (found?.recorded !== "true") return table;
  }
  return undefined;
}

/** Migrating again would not bring it back, for it is on record. */
function lostTable(table: string, migrations: string): LatchhookError {
  return new LatchhookError(
    "store-misconfigured",
    `The table ${table} is missing, although ${migrations} says that it was made. Restore it from a backup.`,
  );
}

/** The statements as a script of one transaction, for those who run migrations with their own tool and role. */
export function printSchema(definition: SchemaDefinition, after: number): string {
  const statements = ["BEGIN", ...migrationStatements(definition, after), "COMMIT"];
  return statements.map((statement) => `${statement};\n`).join("\n");
}

/** All statements that bring a database from version `after` to the current one. */
function migrationStatements(definition: SchemaDefinition, after: number): readonly string[] {
  const { migrations, steps } = definition;
  return [
    ...(after === 0 ? createMigrations(definition) : []),
    ...steps
      .filter(({ version }) => version > after)
      .flatMap(({ version, breaking, statements }) => [
        ...statements,
        ...(breaking ? recordBreaking(migrations, version) : [recordStep(migrations, version)]),
      ]),
  ];
}

function recordStep(migrations: string, version: number): string {
  return `INSERT INTO ${migrations} (version) VALUES (${version})`;
}

/** The column is there from the first breaking step on: until then there is nothing to tell. */
function recordBreaking(migrations: string, version: number): readonly string[] {
  return [
    `ALTER TABLE ${migrations} ADD COLUMN IF NOT EXISTS breaking boolean NOT NULL DEFAULT false`,
    `INSERT INTO ${migrations} (version, breaking) VALUES (${version}, true)`,
  ];
}

/** The schema, where it is missing, and the table that records which steps a database has. */
function createMigrations({ schema, migrations }: SchemaDefinition): readonly string[] {
  // CREATE SCHEMA IF NOT EXISTS asks for the right to create it even where it exists.
  const createSchema = `DO $latchhook$ BEGIN
  IF to_regnamespace('${schema}') IS NULL THEN CREATE SCHEMA ${schema}; END IF;
END $latchhook$`;
  const createTable = `CREATE TABLE ${migrations} (
  version integer PRIMARY KEY,
  applied_at timestamptz NOT NULL DEFAULT now()
)`;
  return [createSchema, createTable];
}

async function readState(
  query: RunQuery,
  { migrations, unversioned }: SchemaDefinition,
): Promise<RecordedState> {
  // Asked for first, for within a transaction the error of a missing table could not be undone. It is looked up in
  // pg_class too: that makes the server notice what others have created since this transaction began.
  const findTables: Statement = {
    columns: ["recorded", "unversioned"],
    text: `SELECT EXISTS (SELECT FROM pg_class WHERE oid = to_regclass($1))::text AS recorded,
  EXISTS (SELECT FROM pg_class WHERE oid = to_regclass(nullif($2, '')))::text AS unversioned`,
  };
  const [found] = await query(findTables, [migrations, unversioned ?? ""]);
  if (found?.recorded !== "true") {
    return { version: found?.unversioned === "true" ? 1 : 0, required: 0, recorded: false };
  }
  // As JSON, a row answers null for a column that its table does not have.
  const readLatest: Statement = {
    columns: ["version", "required"],
    text: `SELECT coalesce(max(version), 0) AS version,
  coalesce(max(version) FILTER (WHERE (to_jsonb(step) ->> 'breaking')::boolean), 0) AS required
FROM ${migrations} AS step`,
  };
  const [latest] = await query(readLatest, []);
  return { version: Number(latest?.version), required: Number(latest?.required), recorded: true };
}
