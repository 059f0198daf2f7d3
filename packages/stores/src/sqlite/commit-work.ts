import { type ClaimUpdate, LatchhookError } from "@latchhook/core";
import type { Connection } from "../shared/sqlite/connection.ts";
import type { Marked } from "./deliveries.ts";

/** How a try to commit ended; what the work threw is kept apart from what the database threw. */
export type CommitResult = { readonly update: ClaimUpdate } | { readonly workThrew: unknown };

/**
 * Marks a claim completed and runs `work` in one transaction. The mark comes first: work for a lost claim does not
 * even begin, and a claim that is already committed does not run it again. What the inbox keeps of it comes last.
 */
export function commitWork(
  connection: Connection,
  mark: () => Marked,
  work: () => unknown,
  record: () => void,
): CommitResult {
  let failure: { readonly workThrew: unknown } | undefined;
  try {
    return connection.transaction(() => {
      const marked = mark();
      if (marked !== "marked") return { update: marked === "lost" ? "lost" : "ok" };
      try {
        refusePromise(work());
      } catch (error) {
        failure = { workThrew: error };
        throw error;
      }
      record();
      return { update: "ok" };
    });
  } catch (error) {
    if (failure !== undefined) return failure;
    throw error;
  }
}

function refusePromise(value: unknown): void {
  if (typeof value !== "object" || value === null || !("then" in value)) return;
  if (typeof value.then !== "function") return;
  // It is refused as a whole; its own failure must not end the process.
  if (value instanceof Promise) value.catch(() => {});
  throw new LatchhookError(
    "commit-misused",
    "sqliteStore: the work given to commit must be synchronous, for an SQLite transaction cannot wait. Do the async work first, then commit its results.",
  );
}
