import type { LatchhookError } from "@latchhook/core";
import { storeClosed } from "./store-closed.ts";

export interface GuardOptions {
  /** The store, for messages: `"postgres"`. */
  readonly name: string;
  /** What has to pass once before the first operation: that the tables are there. Rejects where it does not. */
  readonly check: () => Promise<void>;
  /** The store's own error for what the client threw; `operation` is a verb, such as `"claim"`. */
  readonly toError: (error: unknown, operation: string) => LatchhookError | Promise<LatchhookError>;
}

/** What every operation of a store goes through. */
export interface Guard {
  /** Checks at first use, and turns what the client throws into the store's errors. */
  use<Result>(operation: string, run: () => Promise<Result>): Promise<Result>;
  /** Checks now, whether it has been done or not. */
  check(operation: string): Promise<void>;
  /** From now on every operation rejects. */
  close(): void;
}

/** Stands before the operations of one store. */
export function createGuard({ name, check, toError }: GuardOptions): Guard {
  let checked = false;
  let closed = false;

  async function use<Result>(operation: string, run: () => Promise<Result>): Promise<Result> {
    if (closed) throw storeClosed(name);
    try {
      if (!checked) {
        await check();
        checked = true;
      }
      return await run();
    } catch (error) {
      throw await toError(error, operation);
    }
  }

  return {
    use,
    check(operation) {
      checked = false;
      return use(operation, async () => {});
    },
    close() {
      closed = true;
    },
  };
}
