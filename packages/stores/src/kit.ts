/**
 * What authors of stores need, and what our own are made of. The contract that a store has to keep is `storeContract`
 * of `@latchhook/testing`.
 *
 * @packageDocumentation
 */

// For any database.
export { coalesce, type Sender } from "./shared/coalesce.ts";
export { isEndless } from "./shared/duration.ts";
export { createGuard, type Guard, type GuardOptions } from "./shared/guard.ts";
export { hasMethods } from "./shared/has-methods.ts";
export type { Migration, SchemaSubject } from "./shared/migration.ts";
export { requirePlainName } from "./shared/plain-name.ts";
// For PostgreSQL.
export { connectDatabase, type PostgresClient } from "./shared/postgres/connect-database.ts";
export type { Database as PostgresDatabase, Row, RunQuery, Statement } from "./shared/postgres/database.ts";
export { type PostgresSubject, retryOnce } from "./shared/postgres/database-error.ts";
export { createNaming, type NameOptions, type Naming } from "./shared/postgres/names.ts";
export {
  createSchema as createPostgresSchema,
  printSchema as printPostgresSchema,
  type Schema as PostgresSchema,
  type SchemaDefinition as PostgresSchemaDefinition,
} from "./shared/postgres/schema.ts";
export { sqlState } from "./shared/postgres/sql-state.ts";
export { namedStatement } from "./shared/postgres/statement.ts";
export { createPurger, type Purger, type PurgeStep } from "./shared/purger.ts";
export { readClaim, readUpdate } from "./shared/read-outcome.ts";
// For SQLite.
export {
  type Connection as SqliteConnection,
  createConnection as createSqliteConnection,
} from "./shared/sqlite/connection.ts";
export type {
  SqliteDatabase,
  SqliteDriver,
  SqliteStatement,
  SqliteValue,
} from "./shared/sqlite/driver.ts";
export { toOpenError as toSqliteOpenError, toStoreError as toSqliteError } from "./shared/sqlite/errors.ts";
export {
  type OpenedFile as OpenedSqliteFile,
  type OpenFileOptions as OpenSqliteFileOptions,
  openFile as openSqliteFile,
  type Synchronous as SqliteSynchronous,
} from "./shared/sqlite/open-file.ts";
export { requireSynchronous } from "./shared/sqlite/require-synchronous.ts";
export { retryWhileBusy } from "./shared/sqlite/retry.ts";
export {
  migrate as migrateSqlite,
  type SchemaDefinition as SqliteSchemaDefinition,
} from "./shared/sqlite/schema.ts";
export { storeClosed } from "./shared/store-closed.ts";
