import {
  type Claim,
  type ClaimUpdate,
  type InboxRecord,
  LatchhookError,
  type RetainOptions,
} from "@latchhook/core";
import type { Database, Row, RunQuery } from "../shared/postgres/database.ts";
import { isPassing } from "../shared/postgres/database-error.ts";
import type { Presence } from "./inbox/presence.ts";
import { jsonArray, recordJson } from "./inbox/record-json.ts";
import type { InboxStatements } from "./inbox/statements.ts";
import type { Statements } from "./statements.ts";
import { durationText } from "./values.ts";

/** What a commit needs, beside the work. */
export interface CommitParts<Transaction> {
  readonly database: Database<Transaction>;
  readonly statements: Statements;
  readonly claim: Claim;
  readonly options: RetainOptions;
  readonly inbox: InboxParts;
}

/** What a commit needs of the inbox. */
export interface InboxParts {
  readonly statements: InboxStatements;
  readonly presence: Presence;
}

type Work<Transaction> = (transaction: Transaction) => unknown;

/** How a commit ended. What the work threw may be anything, so it is told apart by its place. */
export type CommitOutcome = { readonly answer: ClaimUpdate } | { readonly workError: unknown };

/** How one try went; a `databaseError` is what BEGIN, the mark or COMMIT threw. */
type Try = CommitOutcome | { readonly databaseError: unknown } | { readonly refusedRecord: true };

/**
 * Runs `work` and the mark "done" in one transaction.
 *
 * When the mark or COMMIT fails for a reason that passes (a serialization failure, a deadlock, a lock timeout), all
 * of it runs once more, `work` too, of which nothing stayed; so it does, without the record, when the inbox refuses that. Rejects with what the database threw.
 */
export async function commitWork<Transaction>(
  parts: CommitParts<Transaction>,
  work: Work<Transaction>,
): Promise<CommitOutcome> {
  const { record: wanted } = parts.options;
  const record = wanted !== undefined && (await parts.inbox.presence.isThere()) ? wanted : undefined;
  let outcome = await tryCommit(parts, work, record);
  if ("databaseError" in outcome && isPassing(outcome.databaseError)) {
    outcome = await tryCommit(parts, work, record);
  }
  if ("refusedRecord" in outcome) outcome = await tryCommit(parts, work, undefined);
  if ("databaseError" in outcome) throw outcome.databaseError;
  if ("refusedRecord" in outcome) throw new Error("A commit without a record had one refused.");
  return outcome;
}

/** Rolls a transaction back, by being thrown in its body. */
const rollback = new Error("latchhook rolls this transaction back.");

async function tryCommit<Transaction>(
  parts: CommitParts<Transaction>,
  work: Work<Transaction>,
  record: (() => InboxRecord) | undefined,
): Promise<Try> {
  let settled: Try | undefined;
  let marked = false;
  let ended = false;
  let body = Promise.resolve();

  async function runBody(transaction: Transaction, query: RunQuery): Promise<void> {
    settled = await open(parts, query);
    if (settled !== undefined) throw rollback;
    try {
      await work(transaction);
    } catch (error) {
      settled = { workError: error };
      throw rollback;
    }
    // `postgres` ends a transaction whose connection was cut while the work still runs, and may have given the
    // connection to another since.
    if (ended) throw rollback;
    settled = await mark(parts, query, record);
    if (settled !== undefined) throw rollback;
    marked = true;
  }

  try {
    await parts.database.transaction((transaction, query) => {
      body = runBody(transaction, query);
      return body;
    });
    return { answer: "ok" };
  } catch (error) {
    ended = true;
    await body.catch(() => {});
    if (settled !== undefined) return settled;
    // The reply to COMMIT may have been lost after the commit was done.
    if (marked && (await isCommitted(parts))) return { answer: "ok" };
    return { databaseError: error };
  }
}

/** Labels the transaction, and looks whether there is anything to do in it. */
async function open<Transaction>(
  { statements, claim }: CommitParts<Transaction>,
  query: RunQuery,
): Promise<Try | undefined> {
  const [row] = await query(statements.openCommit, identify(claim));
  if (row?.state === "claimed") return undefined;
  return { answer: row?.state === "completed" ? "ok" : "lost" };
}

/**
 * Marks the delivery done, if the claim is still the current one. This comes last: it locks the row, and a lock held
 * while the work runs would stop heartbeats and duplicates.
 */
async function mark<Transaction>(
  { statements, claim, options, inbox }: CommitParts<Transaction>,
  query: RunQuery,
  record: (() => InboxRecord) | undefined,
): Promise<Try | undefined> {
  const values = [...identify(claim), durationText(options.retainMs)];
  let row: Row | undefined;
  if (record === undefined) {
    [row] = await query(statements.markCommit, values);
  } else {
    const records = jsonArray([recordJson(record())]);
    try {
      [row] = await query(inbox.statements.markCommit, [...values, records]);
    } catch (error) {
      if (inbox.presence.refuses(error)) return { refusedRecord: true };
      throw error;
    }
  }
  if (row?.outcome === "ok") return undefined;
  if (row?.outcome === "lost") return { answer: "lost" };
  return { databaseError: misused() };
}

function misused(): LatchhookError {
  return new LatchhookError(
    "commit-misused",
    "The work that was passed to commit ended the transaction itself. Leave BEGIN, COMMIT and ROLLBACK to latchhook, and throw to roll back.",
  );
}

async function isCommitted<Transaction>({
  database,
  statements,
  claim,
}: CommitParts<Transaction>): Promise<boolean> {
  try {
    const [row] = await database.query(statements.readCommit, identify(claim));
    return row?.state === "completed";
  } catch {
    // Not known: the caller gets the error of the COMMIT, and the sender's next attempt finds out.
    return false;
  }
}

function identify({ key, owner, fence }: Claim): string[] {
  return [key, owner, String(fence)];
}
