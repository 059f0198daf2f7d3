import { isLatchhookError, LatchhookError } from "@latchhook/core";

/** SQLite's primary result codes that the store tells apart: https://www.sqlite.org/rescode.html */
const resultCodes: Readonly<Record<string, number>> = {
  SQLITE_ERROR: 1,
  SQLITE_BUSY: 5,
  SQLITE_CORRUPT: 11,
  SQLITE_TOOBIG: 18,
  SQLITE_CONSTRAINT: 19,
  SQLITE_MISMATCH: 20,
  SQLITE_NOTADB: 26,
};

/**
 * The primary result code of a driver's error, or undefined. libsql and better-sqlite3 name it in `code`
 * ("SQLITE_BUSY_SNAPSHOT"), node:sqlite has the number in `errcode`, bun:sqlite in `errno`.
 */
function resultCode(error: unknown): number | undefined {
  if (typeof error !== "object" || error === null) return undefined;
  const { code, errcode, errno } = error as Record<string, unknown>;
  if (typeof errcode === "number") return errcode & 0xff;
  if (typeof code === "string") {
    const name = Object.keys(resultCodes).find((known) => code === known || code.startsWith(`${known}_`));
    if (name !== undefined) return resultCodes[name];
  }
  return typeof errno === "number" && errno > 0 ? errno & 0xff : undefined;
}

/** Whether another connection holds the lock, so that trying again helps. */
export function isBusy(error: unknown): boolean {
  return resultCode(error) === resultCodes.SQLITE_BUSY;
}

/** Whether a statement does not fit the tables, or a value not its column. */
export function isUnfit(error: unknown): boolean {
  const { SQLITE_ERROR, SQLITE_TOOBIG, SQLITE_CONSTRAINT, SQLITE_MISMATCH } = resultCodes;
  const code = resultCode(error);
  return (
    code !== undefined && [SQLITE_ERROR, SQLITE_TOOBIG, SQLITE_CONSTRAINT, SQLITE_MISMATCH].includes(code)
  );
}

/** Whether the file is damaged, or no database at all: no retry helps. */
function isDamaged(error: unknown): boolean {
  const code = resultCode(error);
  return code === resultCodes.SQLITE_CORRUPT || code === resultCodes.SQLITE_NOTADB;
}

/** The error that an operation of `store` (`"sqliteStore"`) throws for a driver's error. */
export function toStoreError(error: unknown, store: string): unknown {
  if (isLatchhookError(error)) return error;
  return new LatchhookError("store-unavailable", `${store}: ${messageOf(error)}`, { cause: error });
}

/** The error for a file that could not be opened as a store. */
export function toOpenError(error: unknown, store: string, file: string): unknown {
  if (isDamaged(error)) {
    return new LatchhookError(
      "store-misconfigured",
      `${store}: ${file} is damaged or not an SQLite database (${messageOf(error)}). Restore it, or name another file.`,
      { cause: error },
    );
  }
  return toStoreError(error, store);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
