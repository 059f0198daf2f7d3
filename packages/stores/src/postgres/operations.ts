import type { Claim, ClaimOptions, ClaimResult, ClaimUpdate, InboxRecord } from "@latchhook/core";
import { coalesce } from "../shared/coalesce.ts";
import type { Database, Row, Statement } from "../shared/postgres/database.ts";
import { retryOnce } from "../shared/postgres/database-error.ts";
import { sqlState } from "../shared/postgres/sql-state.ts";
import { readClaim, readUpdate } from "../shared/read-outcome.ts";
import { jsonArray, recordJson } from "./inbox/record-json.ts";
import type { InboxStatements } from "./inbox/statements.ts";
import type { Statements } from "./statements.ts";
import { arrayLiteral, durationText } from "./values.ts";

/** The operations that are one statement each, before the store's checks and errors. */
export interface Operations {
  claim(key: string, options: ClaimOptions): Promise<ClaimResult>;
  extend(claim: Claim, leaseMs: number): Promise<ClaimUpdate>;
  complete(claim: Claim, retainMs: number): Promise<ClaimUpdate>;
  fail(claim: Claim): Promise<ClaimUpdate>;
  reopen(key: string, options: ClaimOptions): Promise<ClaimResult>;
  /** `complete`, with what the inbox keeps of it in the same statement. */
  completeRecorded(claim: Claim, retainMs: number, record: InboxRecord): Promise<ClaimUpdate>;
  failRecorded(claim: Claim, record: InboxRecord): Promise<ClaimUpdate>;
}

/** One call of a statement: its values, the key first. */
type Call = readonly [key: string, ...values: string[]];

/** Runs claims and completions, together where several come at once, and the rarer operations one by one. */
export function createOperations<Transaction>(
  database: Database<Transaction>,
  statements: Statements,
  inbox: InboxStatements,
): Operations {
  const claim = coalesceCalls(database, statements.claim, statements.claimMany);
  const complete = coalesceCalls(database, statements.complete, statements.completeMany);
  const completeRecorded = coalesceCalls(database, inbox.complete, inbox.completeMany, 4);
  const runAlone = async (statement: Statement, call: Call): Promise<ClaimUpdate> =>
    readUpdate(await runCall(database, statement, call));

  return {
    claim: async (key, { owner, leaseMs, retainMs }) =>
      readClaim(await claim([key, owner, String(leaseMs), durationText(retainMs)])),
    reopen: async (key, { owner, leaseMs, retainMs }) =>
      readClaim(
        await runCall(database, statements.reopen, [key, owner, String(leaseMs), durationText(retainMs)]),
      ),
    extend: ({ key, owner, fence }, leaseMs) =>
      runAlone(statements.extend, [key, owner, String(fence), String(leaseMs)]),
    complete: async ({ key, owner, fence }, retainMs) =>
      readUpdate(await complete([key, owner, String(fence), durationText(retainMs)])),
    fail: ({ key, owner, fence }) => runAlone(statements.fail, [key, owner, String(fence)]),
    completeRecorded: async ({ key, owner, fence }, retainMs, record) =>
      readUpdate(
        await completeRecorded([
          key,
          owner,
          String(fence),
          durationText(retainMs),
          jsonArray([recordJson(record)]),
        ]),
      ),
    failRecorded: ({ key, owner, fence }, record) =>
      runAlone(inbox.fail, [key, owner, String(fence), jsonArray([recordJson(record)])]),
  };
}

/** @param records which of the values is a JSON array of one: of many calls it is one array. */
function coalesceCalls<Transaction>(
  database: Database<Transaction>,
  one: Statement,
  many: Statement,
  records?: number,
): (call: Call) => Promise<string> {
  return coalesce<Call, string>({
    sendOne: (call) => runCall(database, one, call),
    sendMany: (calls) => runCalls(database, many, calls, records),
    // What the server refused, it may have refused for one call. A cut connection is the same for all.
    isDivisible: (error) => sqlState(error) !== undefined,
  });
}

async function runCall<Transaction>(
  database: Database<Transaction>,
  statement: Statement,
  call: Call,
): Promise<string> {
  const [row] = await retryOnce(() => database.query(statement, call));
  return String(row?.outcome);
}

/**
 * Runs many calls as one statement. They are sent in the order of their keys, so that two processes lock the rows
 * they share in the same order and cannot deadlock.
 */
async function runCalls<Transaction>(
  database: Database<Transaction>,
  statement: Statement,
  calls: readonly Call[],
  records: number | undefined,
): Promise<readonly string[]> {
  const order = calls
    .map((call, index) => ({ call, index }))
    .sort((a, b) => (a.call[0] < b.call[0] ? -1 : 1));
  const columns = (calls[0] ?? []).map((_, column) => {
    const values = order.map(({ call }) => call[column] ?? "");
    return column === records ? jsonArray(values.map((array) => array.slice(1, -1))) : arrayLiteral(values);
  });
  const rows = await database.query(statement, columns);
  const outcomes: string[] = [];
  for (const row of rows) outcomes[order[place(row)]?.index ?? -1] = String(row.outcome);
  return outcomes;
}

/** SQL counts from 1. */
function place(row: Row): number {
  return Number(row.place) - 1;
}
