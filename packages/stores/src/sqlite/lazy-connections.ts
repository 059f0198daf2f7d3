import { LatchhookError, type MaybePromise } from "@latchhook/core";
import type { SqliteDatabase } from "../shared/sqlite/driver.ts";
import type { OpenedStore } from "./open.ts";

export interface LazyConnections<Database extends SqliteDatabase> {
  use<Result>(operation: (opened: OpenedStore<Database>) => MaybePromise<Result>): MaybePromise<Result>;
  close(): Promise<void>;
}

/** Opens at the first use, and again at the next one where that failed: the disk may have room by then. */
export function lazily<Database extends SqliteDatabase>(
  open: () => Promise<OpenedStore<Database>>,
): LazyConnections<Database> {
  let opened: OpenedStore<Database> | undefined;
  let opening: Promise<OpenedStore<Database>> | undefined;
  let closed = false;

  async function openOnce(): Promise<OpenedStore<Database>> {
    try {
      opened = await open();
      return opened;
    } catch (error) {
      opening = undefined;
      throw error;
    }
  }

  return {
    use(operation) {
      if (closed) throw new LatchhookError("store-unavailable", "sqliteStore: the store is closed.");
      if (opened !== undefined) return operation(opened);
      opening ??= openOnce();
      return opening.then(operation);
    },
    async close() {
      closed = true;
      await opening?.catch(() => {});
      opened?.close();
      opened = undefined;
    },
  };
}
