import type { LatchhookError } from "@latchhook/core";
import { type CheckMemory, rememberCheck } from "./remember-check.ts";
import { storeClosed } from "./store-closed.ts";

export interface GuardOptions {
  /** The store, for messages: `"postgres"`. */
  readonly name: string;
  /** What has to pass once before the first operation: that the tables are there. Rejects where it does not. */
  readonly check: () => Promise<void>;
  /** Where it is remembered that it has. Default: for this store. */
  readonly memory?: CheckMemory | undefined;
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
export function createGuard({
  name,
  check,
  toError,
  memory = rememberCheck(name, undefined),
}: GuardOptions): Guard {
  let closed = false;

  async function checkNow(): Promise<void> {
    await check();
    memory.pass();
  }

  async function use<Result>(operation: string, run: () => Promise<Result>): Promise<Result> {
    if (closed) throw storeClosed(name);
    try {
      if (!memory.isPassed()) await checkNow();
      return await run();
    } catch (error) {
      throw await toError(error, operation);
    }
  }

  return {
    use,
    async check(operation) {
      if (closed) throw storeClosed(name);
      await checkNow().catch(async (error) => Promise.reject(await toError(error, operation)));
    },
    close() {
      closed = true;
    },
  };
}
