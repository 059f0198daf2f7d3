import { isLatchhookError, LatchhookError } from "@latchhook/core";
import type { SchemaSubject } from "../migration.ts";
import { isStatementLost } from "./preparing.ts";
import { sqlState } from "./sql-state.ts";

/** How messages speak of tables in PostgreSQL. */
export interface PostgresSubject extends SchemaSubject {
  /** What creates or upgrades them, as a sentence's beginning: `` Run `await store.migrate()` … ``. */
  readonly remedy: string;
  /** What a role needs, as a sentence's end: `SELECT … on the deliveries table`. */
  readonly rights: string;
}

/** serialization_failure, deadlock_detected, lock_not_available: the same statement may pass a moment later. */
const passing = new Set(["40001", "40P01", "55P03"]);

/** Whether one retry may help. A statement that a pooler lost is sent without a name the next time. */
export function isPassing(error: unknown): boolean {
  const state = sqlState(error);
  return state !== undefined && (passing.has(state) || isStatementLost(error));
}

/** Runs `operation`, and once more where it failed for a reason that passes. */
export async function retryOnce<Result>(operation: () => Promise<Result>): Promise<Result> {
  try {
    return await operation();
  } catch (error) {
    if (!isPassing(error)) throw error;
    return operation();
  }
}

/** undefined_table, undefined_function, undefined_column, invalid_schema_name */
const missingSchema = new Set(["42P01", "42883", "42703", "3F000"]);

/** Whether a statement met other tables than it was written for. */
export function isSchemaMismatch(error: unknown): boolean {
  const state = sqlState(error);
  return state !== undefined && missingSchema.has(state);
}

/**
 * The store's own error for what a client threw. The message names the SQLSTATE and no more, for a server's message
 * may hold values; the error itself is the cause.
 */
export function toStoreError(error: unknown, operation: string, subject: PostgresSubject): LatchhookError {
  if (isLatchhookError(error)) return error;
  const state = sqlState(error);
  const cause = { cause: error };
  if (isSchemaMismatch(error)) return schemaError(subject, "missing or changed", cause);
  if (state === "42501") {
    return new LatchhookError(
      "store-misconfigured",
      `The database role lacks a right that the ${subject.tables} used with (SQLSTATE 42501). Grant it USAGE on the schema, ${subject.rights}; to migrate, use the role that owns the schema.`,
      cause,
    );
  }
  if (state === "53100") {
    return new LatchhookError(
      "store-full",
      `PostgreSQL could not ${operation}: its disk is full (SQLSTATE 53100).`,
      cause,
    );
  }
  const reason = state === undefined ? "the connection failed" : `SQLSTATE ${state}`;
  return new LatchhookError("store-unavailable", `PostgreSQL could not ${operation}: ${reason}.`, cause);
}

/** What to run when the tables are missing or old. */
export function schemaError(
  { tables, remedy }: PostgresSubject,
  problem: string,
  options?: ErrorOptions,
): LatchhookError {
  return new LatchhookError(
    "store-misconfigured",
    `The ${tables} ${problem}. ${remedy}; schema and tablePrefix must be the same in both.`,
    options,
  );
}
