import {
  createNaming,
  type NameOptions,
  type PostgresSchemaDefinition,
  printPostgresSchema,
} from "@latchhook/stores/kit";

/** Where the tables are, quoted for SQL. */
export interface Names {
  readonly schema: string;
  readonly table: string;
  readonly index: string;
  /** The table of the steps that a database has. */
  readonly migrations: string;
}

/** @throws LatchhookError `invalid-option` for names that are not plain SQL. */
export function resolveNames(options: NameOptions): Names {
  const { schema, inSchema, index } = createNaming(options);
  return {
    schema,
    table: inSchema("jobs"),
    index: index("jobs_due"),
    migrations: inSchema("jobs_migrations"),
  };
}

/** The schema of tracked jobs. Before it was versioned there was the table of step 1 alone. */
export function jobsSchema(names: Names): PostgresSchemaDefinition {
  const { schema, migrations } = names;
  return {
    subject: {
      tables: "latchhook jobs tables are",
      packageName: "@latchhook/jobs",
      remedy:
        'Run `await store.migrate()` of postgresJobs when you deploy, or apply the SQL that `printJobMigrations()` from "@latchhook/jobs/postgres" prints',
      rights: "SELECT, INSERT, UPDATE and DELETE on the jobs table and SELECT on the jobs_migrations table",
    },
    schema,
    migrations,
    steps: [
      { version: 1, statements: createJobs(names) },
      { version: 2, statements: [`ALTER TABLE ${names.table} ADD COLUMN checked_at bigint`] },
    ],
    unversioned: names.table,
  };
}

export interface PrintJobsOptions extends NameOptions {
  /** The version that the database is at, for an upgrade. Default: 0, a database whose jobs have no version yet. */
  readonly after?: number | undefined;
}

/**
 * The SQL that creates or upgrades the tables, for those who run migrations with their own tool and role. It is one
 * transaction.
 *
 * The application's role then needs USAGE on the schema, SELECT, INSERT, UPDATE and DELETE on `latchhook_jobs` and
 * SELECT on `latchhook_jobs_migrations`.
 *
 * @example
 * console.log(printJobMigrations({ schema: "webhooks" }));
 */
export function printJobMigrations({ after = 0, ...nameOptions }: PrintJobsOptions = {}): string {
  return printPostgresSchema(jobsSchema(resolveNames(nameOptions)), after);
}

function createJobs({ table, index }: Names): readonly string[] {
  return [
    `CREATE TABLE IF NOT EXISTS ${table} (
  key text PRIMARY KEY,
  scope text NOT NULL,
  provider text NOT NULL,
  job_id text NOT NULL,
  status text NOT NULL,
  rank smallint NOT NULL,
  progress double precision,
  settled smallint NOT NULL,
  problem text,
  failures integer NOT NULL,
  created_at bigint NOT NULL,
  updated_at bigint NOT NULL,
  next_check_at bigint NOT NULL
)`,
    `CREATE INDEX IF NOT EXISTS ${index} ON ${table} (scope, provider, next_check_at) WHERE settled = 0`,
  ];
}
