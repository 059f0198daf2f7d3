import { createDeliveries } from "./migrations/0001-create-deliveries.ts";
import { createBatches } from "./migrations/0002-create-batches.ts";
import { type NameOptions, type Names, resolveNames } from "./names.ts";

/** One step of the schema. A step that has been released never changes; what changes is a new step. */
export interface Migration {
  readonly version: number;
  /** Its statements, one each. */
  readonly statements: (names: Names) => readonly string[];
}

/** All steps, in order. */
export const migrations: readonly Migration[] = [
  { version: 1, statements: createDeliveries },
  { version: 2, statements: createBatches },
];

/** The version of the schema that this code needs. */
export const currentVersion: number = migrations.at(-1)?.version ?? 0;

export interface PrintOptions extends NameOptions {
  /** The version that the database is at, for an upgrade. Default: 0, a database without the tables. */
  readonly after?: number | undefined;
}

/**
 * The SQL that creates or upgrades the store's tables and functions, for those who run migrations with their own
 * tool and role. It is one transaction.
 *
 * The application's role then needs USAGE on the schema, SELECT, INSERT, UPDATE and DELETE on `latchhook_deliveries`
 * and SELECT on `latchhook_migrations`.
 *
 * @example
 * console.log(printMigrations({ schema: "webhooks" }));
 */
export function printMigrations({ after = 0, ...nameOptions }: PrintOptions = {}): string {
  const statements = ["BEGIN", ...migrationStatements(resolveNames(nameOptions), after), "COMMIT"];
  return statements.map((statement) => `${statement};\n`).join("\n");
}

/** All statements that bring a database from version `after` to the current one. */
export function migrationStatements(names: Names, after: number): readonly string[] {
  const steps = migrations.filter(({ version }) => version > after);
  return [
    ...(after === 0 ? createMigrations(names) : []),
    ...steps.flatMap(({ version, statements }) => [
      ...statements(names),
      `INSERT INTO ${names.migrations} (version) VALUES (${version})`,
    ]),
  ];
}

/** The schema, where it is missing, and the table that records which steps a database has. */
function createMigrations({ schema, migrations }: Names): readonly string[] {
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
