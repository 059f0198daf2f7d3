import type { SqliteSchemaDefinition } from "@latchhook/stores/kit";

/** The names of the two tables. */
export interface Tables {
  /** One row for each job. */
  readonly jobs: string;
  /** One row: the schema's version. */
  readonly meta: string;
}

/** The tables for a name that is plain SQL. */
export function tablesNamed(name: string): Tables {
  return { jobs: name, meta: `${name}_meta` };
}

/** The schema of tracked jobs. Before it was versioned there was the table of step 1, without the other. */
export function jobsSchema({ jobs, meta }: Tables): SqliteSchemaDefinition {
  return {
    store: "sqliteJobs",
    packageName: "@latchhook/jobs",
    table: jobs,
    meta,
    mayLackMeta: true,
    steps: [
      { version: 1, statements: createJobs({ jobs, meta }) },
      { version: 2, statements: [`ALTER TABLE ${jobs} ADD COLUMN checked_at INTEGER`] },
    ],
    probe: `SELECT key, scope, provider, job_id, status, rank, progress, settled, problem, failures, created_at,
        updated_at, next_check_at, checked_at
      FROM ${jobs}, ${meta} LIMIT 0`,
  };
}

function createJobs({ jobs, meta }: Tables): readonly string[] {
  return [
    `CREATE TABLE IF NOT EXISTS ${jobs} (
      key TEXT PRIMARY KEY NOT NULL,
      scope TEXT NOT NULL,
      provider TEXT NOT NULL,
      job_id TEXT NOT NULL,
      status TEXT NOT NULL,
      rank INTEGER NOT NULL,
      progress REAL,
      settled INTEGER NOT NULL,
      problem TEXT,
      failures INTEGER NOT NULL,
      created_at INTEGER NOT NULL,
      updated_at INTEGER NOT NULL,
      next_check_at INTEGER NOT NULL
    )`,
    `CREATE INDEX IF NOT EXISTS ${jobs}_due ON ${jobs} (scope, provider, next_check_at) WHERE settled = 0`,
    `CREATE TABLE ${meta} (id INTEGER PRIMARY KEY CHECK (id = 1), schema_version INTEGER NOT NULL)`,
    `INSERT INTO ${meta} VALUES (1, 1)`,
  ];
}
