import type { InboxRecord } from "@latchhook/core";
import { sqlState } from "../../shared/postgres/sql-state.ts";
import type { CheckMemory } from "../../shared/remember-check.ts";

/** How long it is not looked again for an inbox that was not there, in milliseconds. */
const pauseMs = 10_000;

/** Whether the inbox can be written. Deliveries go on without it. */
export interface Presence {
  /** Never rejects. */
  isThere(): Promise<boolean>;
  /**
   * Whether a statement failed for what it should have recorded: then it is to be run without. The inbox is missing,
   * a right is, or a value does not fit.
   */
  refuses(error: unknown): boolean;
  /** Writes a record with what it goes with, or where the inbox cannot take it, that alone. */
  record<Result>(
    record: (() => InboxRecord) | undefined,
    withRecord: (record: InboxRecord) => Promise<Result>,
    without: () => Promise<Result>,
  ): Promise<Result>;
}

/**
 * Looks whether the inbox is there, until it is.
 *
 * @param check rejects where it is not.
 */
export function createPresence(memory: CheckMemory, check: () => Promise<void>): Presence {
  let absentUntil = Number.NEGATIVE_INFINITY;
  let looking: Promise<void> | undefined;

  function isAbsent(): boolean {
    return performance.now() < absentUntil;
  }

  async function look(): Promise<void> {
    try {
      await check();
      memory.pass();
    } catch {
      // The inbox's own operations say what is missing.
      absentUntil = performance.now() + pauseMs;
    } finally {
      looking = undefined;
    }
  }

  async function isThere(): Promise<boolean> {
    if (isAbsent()) return false;
    if (!memory.isPassed()) {
      looking ??= look();
      await looking;
    }
    return memory.isPassed() && !isAbsent();
  }

  function refuses(error: unknown): boolean {
    const state = sqlState(error) ?? "";
    // A table, a function or a right is missing.
    if (/^(42|3F)/.test(state)) absentUntil = performance.now() + pauseMs;
    // 22, 23 and 54: a value does not fit, which may be this record's alone.
    return /^(22|23|42|3F|54)/.test(state);
  }

  return {
    isThere,
    refuses,
    async record(record, withRecord, without) {
      if (record === undefined || !(await isThere())) return without();
      try {
        return await withRecord(record());
      } catch (error) {
        if (!refuses(error)) throw error;
        return without();
      }
    },
  };
}
