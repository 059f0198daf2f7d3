import { ownFrame } from "../observers/describe-error.ts";
import type { AttemptRecord } from "./inbox-store.ts";
import { storedLine } from "./stored-text.ts";

type StoredError = Pick<AttemptRecord, "errorName" | "error" | "errorFrame">;

const none: StoredError = { errorName: null, error: null, errorFrame: null };

/** What is kept of what was thrown. Anything can be thrown, and looking at it may throw as well. */
export function storedError(thrown: unknown): StoredError {
  if (thrown === undefined) return none;
  try {
    if (!(thrown instanceof Error)) return { ...none, error: storedLine(`threw ${String(thrown)}`) };
    const frame = ownFrame(thrown);
    return {
      errorName: storedLine(String(thrown.name)),
      error: storedLine(String(thrown.message)),
      errorFrame: frame === undefined ? null : storedLine(frame),
    };
  } catch {
    return { ...none, error: `threw a value of type ${typeof thrown}` };
  }
}
