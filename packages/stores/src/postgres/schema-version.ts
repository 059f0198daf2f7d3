import { rememberCheck } from "../internal/remember-check.ts";
import type { Database, RunQuery, Statement } from "./database.ts";
import { schemaError } from "./database-error.ts";
import { currentVersion, migrationStatements } from "./migrations.ts";
import type { Names } from "./names.ts";

/** The tables' presence and version. */
export interface SchemaVersion {
  /** Whether `check` has passed, so that it costs nothing from then on. */
  isChecked(): boolean;
  /** @throws LatchhookError `store-misconfigured` when the tables are missing or older than this code. */
  check(): Promise<void>;
  /** Creates or upgrades the tables. Several processes may call it at once. */
  migrate(): Promise<void>;
}

/** Looks after the version of the tables under `names`. */
export function schemaVersion<Transaction>(database: Database<Transaction>, names: Names): SchemaVersion {
  const memory = rememberCheck(names.migrations, database.clientOptions);

  async function check(): Promise<void> {
    const version = await readVersion(database.query, names);
    // A newer one is fine: during a deployment the old code runs beside the new schema.
    if (version < currentVersion) {
      throw schemaError(
        version === 0 ? "are missing" : `are at version ${version}, and this code needs ${currentVersion}`,
      );
    }
    memory.pass();
  }

  async function migrate(): Promise<void> {
    if ((await readVersion(database.query, names)) >= currentVersion) return;
    await database.transaction(async (_transaction, query) => {
      // Held until COMMIT: of several processes that start at once, one migrates and the others find it done.
      await query({ text: "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))" }, [names.migrations]);
      const version = await readVersion(query, names);
      for (const text of migrationStatements(names, version)) await query({ text }, []);
    });
  }

  return { isChecked: memory.isPassed, check, migrate };
}

async function readVersion(query: RunQuery, { migrations }: Names): Promise<number> {
  // Asked for first, for within a transaction the error of a missing table could not be undone. It is looked up in
  // pg_class too: that makes the server notice what others have created since this transaction began.
  const findTable: Statement = {
    text: "SELECT EXISTS (SELECT FROM pg_class WHERE oid = to_regclass($1)) AS present",
  };
  const [table] = await query(findTable, [migrations]);
  if (table?.present !== true) return 0;
  const readLatest: Statement = { text: `SELECT coalesce(max(version), 0) AS version FROM ${migrations}` };
  const [latest] = await query(readLatest, []);
  return Number(latest?.version);
}
