import type { NameOptions } from "../shared/postgres/names.ts";
import { printSchema, type SchemaDefinition } from "../shared/postgres/schema.ts";
import { createDeliveries } from "./migrations/0001-create-deliveries.ts";
import { createBatches } from "./migrations/0002-create-batches.ts";
import { createInbox } from "./migrations/0003-create-inbox.ts";
import { writeInbox } from "./migrations/0003-write-inbox.ts";
import { type Names, resolveNames } from "./names.ts";

/** What receiving deliveries needs; what came later is the inbox. */
export const deliveriesVersion = 2;

/**
 * The tables and functions of deliveries under `names`.
 *
 * A function that has been released never changes either: another text gets another name, with the number of its step
 * appended (`claim_4`), so that during a deployment old processes go on with the old one. A later, breaking step drops
 * that.
 */
export function deliveriesSchema(names: Names): SchemaDefinition {
  return {
    subject: {
      tables: "latchhook tables are",
      packageName: "@latchhook/stores",
      remedy:
        'Run `await store.migrate()` when you deploy, or apply the SQL that `printMigrations()` from "@latchhook/stores/postgres" prints',
      rights:
        "SELECT, INSERT, UPDATE and DELETE on the deliveries table and the three tables of the inbox, and SELECT on the migrations table",
    },
    schema: names.schema,
    migrations: names.migrations,
    steps: [
      { version: 1, statements: createDeliveries(names) },
      { version: 2, statements: createBatches(names) },
      { version: 3, statements: [...createInbox(names), ...writeInbox(names)] },
    ],
    looksFor: [names.inbox.deliveries, names.inbox.attempts, names.inbox.counts],
  };
}

export interface PrintOptions extends NameOptions {
  /** The version that the database is at, for an upgrade. Default: 0, a database without the tables. */
  readonly after?: number | undefined;
}

/**
 * The SQL that creates or upgrades the store's tables and functions, for those who run migrations with their own
 * tool and role. It is one transaction.
 *
 * The application's role then needs USAGE on the schema, SELECT, INSERT, UPDATE and DELETE on `latchhook_deliveries`,
 * `latchhook_inbox`, `latchhook_inbox_attempts` and `latchhook_inbox_counts`, and SELECT on `latchhook_migrations`.
 *
 * @example
 * console.log(printMigrations({ schema: "webhooks" }));
 */
export function printMigrations({ after = 0, ...nameOptions }: PrintOptions = {}): string {
  return printSchema(deliveriesSchema(resolveNames(nameOptions)), after);
}
