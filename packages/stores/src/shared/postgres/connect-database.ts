import { LatchhookError } from "@latchhook/core";
import { hasMethods } from "../has-methods.ts";
import type { Database } from "./database.ts";
import { type PgConnection, type PgPool, pgDatabase } from "./pg-database.ts";
import { type PgliteClient, type PgliteTransaction, pgliteDatabase } from "./pglite-database.ts";
import {
  type PostgresJsSql,
  type PostgresJsTransaction,
  postgresJsDatabase,
} from "./postgres-js-database.ts";
import { describeUnfitClient } from "./unfit-client.ts";

/** Any client that the store can use. */
export type PostgresClient = PgPool | PostgresJsSql | PgliteClient;

/**
 * Tells the clients apart by their methods.
 *
 * @throws LatchhookError `invalid-option` for anything else, single `pg` connections included.
 */
export function connectDatabase(
  client: PostgresClient,
  prepare: boolean | undefined,
): Database<PgConnection> | Database<PostgresJsTransaction> | Database<PgliteTransaction> {
  if (isPostgresJs(client)) return postgresJsDatabase(client, prepare ?? client.options.prepare);
  if (isPgPool(client)) return pgDatabase(client, prepare ?? true);
  if (isPglite(client)) return pgliteDatabase(client);
  throw new LatchhookError(
    "invalid-option",
    `client must be a Pool of pg (not a single Client), a sql of postgres, or a PGlite.${describeUnfitClient(client)}`,
  );
}

function isPostgresJs(client: PostgresClient): client is PostgresJsSql {
  return typeof client === "function" && hasMethods(client, "unsafe", "begin");
}

function isPgPool(client: PostgresClient): client is PgPool {
  return hasMethods(client, "connect", "query") && "totalCount" in client;
}

function isPglite(client: PostgresClient): client is PgliteClient {
  return hasMethods(client, "query", "transaction", "exec");
}
