import type { InboxStore } from "@latchhook/core";
import { createGuard } from "../../shared/guard.ts";
import type { Database } from "../../shared/postgres/database.ts";
import type { Schema } from "../../shared/postgres/schema.ts";
import { createPurger, type Purger } from "../../shared/purger.ts";
import { rememberCheck } from "../../shared/remember-check.ts";
import type { Names } from "../names.ts";
import { createInbox } from "./inbox.ts";
import { createPresence, type Presence } from "./presence.ts";
import { createInboxStatements, type InboxStatements } from "./statements.ts";

/** What a store has for its inbox. */
export interface InboxPart {
  readonly statements: InboxStatements;
  readonly presence: Presence;
  readonly purger: Purger;
  readonly inbox: InboxStore;
  /** Checks all tables now, those of the inbox too. */
  check(): Promise<void>;
  /** From now on every operation rejects. */
  close(): void;
}

/** The inbox of a store, behind a guard of its own: deliveries are received where it is missing. */
export function createInboxPart<Transaction>(
  database: Database<Transaction>,
  names: Names,
  schema: Schema,
): InboxPart {
  const statements = createInboxStatements(names);
  const memory = rememberCheck(names.inbox.deliveries, database.clientOptions);
  const { use, check, close } = createGuard({ name: "postgres", ...schema, memory });
  const inbox = createInbox(database, names, statements);

  return {
    statements,
    presence: createPresence(memory, schema.check),
    purger: createPurger(async (size) => {
      const [row] = await database.query(statements.purge, [String(size)]);
      return { due: Number(row?.due), purged: Number(row?.purged) };
    }),
    inbox: {
      note: (attempts, counts) => use("note attempts", async () => inbox.note(attempts, counts)),
      list: (query) => use("list deliveries", async () => inbox.list(query)),
      count: (filter, limit) => use("count deliveries", async () => inbox.count(filter, limit)),
      find: (key) => use("find a delivery", async () => inbox.find(key)),
      failures: (limit) => use("group failures", async () => inbox.failures(limit)),
      tally: () => use("count failures", async () => inbox.tally()),
      counts: (since) => use("read counts", async () => inbox.counts(since)),
      dismiss: (key) => use("dismiss a delivery", async () => inbox.dismiss(key)),
      dropBody: (key) => use("drop a body", async () => inbox.dropBody(key)),
    },
    check: () => check("check its tables"),
    close,
  };
}
