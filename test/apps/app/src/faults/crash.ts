import type { ClaimUpdate, MaybePromise, Store } from "@latchhook/core";
import type { PoolClient } from "pg";
import type { EventsTable } from "../events-table.ts";

/** Where the app can be told to kill itself. */
export const crashPoints = [
  "before-claim",
  "in-claim",
  "after-claim",
  "in-persist",
  "after-effect",
  "before-complete",
  "in-complete",
  "after-complete",
  "in-commit",
  "in-commit-request",
  "after-commit",
  "before-answer",
  "after-answer",
] as const;

export type CrashPoint = (typeof crashPoints)[number];

/** Ends the process at one point of its work, as a power cut would. */
export interface Crash {
  /** Does not return where the process is to end here. */
  at(point: CrashPoint): Promise<void>;
  /** The same between two synchronous steps. */
  atOnce(point: CrashPoint): void;
  /** Starts an operation, and ends the process before its answer can come. */
  during<Result>(point: CrashPoint, operation: () => MaybePromise<Result>): MaybePromise<Result>;
}

/** Makes the crash that a test has asked for, or one that never comes. */
export function createCrash(wanted: CrashPoint | undefined): Crash {
  function die(): void {
    process.kill(process.pid, "SIGKILL");
  }
  return {
    async at(point) {
      if (point !== wanted) return;
      die();
      await new Promise(() => {});
    },
    atOnce(point) {
      if (point === wanted) die();
    },
    during(point, operation) {
      const result = operation();
      if (point === wanted) {
        // A request is on its way by the next turn, and what follows from its answer takes another one at least.
        if (result instanceof Promise) setImmediate(die);
        else die();
      }
      return result;
    },
  };
}

/** Told of each completion that the store has confirmed, in `complete` or in `commit`. */
export type OnCompletion = (key: string) => Promise<void>;

/** The same store, with crashes around its operations. */
export function crashingStore<Transaction>(
  store: Store<Transaction>,
  crash: Crash,
  onCompletion: OnCompletion,
): Store<Transaction> {
  async function confirmed(key: string, update: ClaimUpdate): Promise<ClaimUpdate> {
    if (update === "ok") await onCompletion(key);
    return update;
  }
  const { commit } = store;
  return {
    ...store,
    async claim(key, options) {
      await crash.at("before-claim");
      const result = await crash.during("in-claim", () => store.claim(key, options));
      await crash.at("after-claim");
      return result;
    },
    async complete(claim, options) {
      await crash.at("before-complete");
      const update = await crash.during("in-complete", () => store.complete(claim, options));
      await crash.at("after-complete");
      return confirmed(claim.key, update);
    },
    ...(commit === undefined
      ? {}
      : {
          async commit(claim, options, work) {
            const update = await commit(claim, options, work);
            await crash.at("after-commit");
            return confirmed(claim.key, update);
          },
        }),
  };
}

/** The same table, with crashes once a row is written. */
export function crashingEvents<Transaction>(
  events: EventsTable<Transaction>,
  crash: Crash,
): EventsTable<Transaction> {
  return {
    ...events,
    async insert(row) {
      await events.insert(row);
      await crash.at("after-effect");
    },
    insertWithin(transaction, row) {
      const written = events.insertWithin(transaction, row);
      if (!(written instanceof Promise)) return crash.atOnce("in-commit");
      return written.then(() => crash.at("in-commit"));
    },
  };
}

/** Ends the process once a COMMIT of this connection is on its way to the server. */
export function crashAtCommit(client: PoolClient, crash: Crash): void {
  const query = client.query.bind(client) as (...values: unknown[]) => unknown;
  const watched = (...values: unknown[]): unknown =>
    values[0] === "COMMIT" ? crash.during("in-commit-request", () => query(...values)) : query(...values);
  Object.assign(client, { query: watched });
}
