import { LatchhookError, type Store } from "@latchhook/core";
import { memoryStore } from "@latchhook/core/stores/memory";
import { describe, expect, it } from "vitest";
import { createCommit } from "../../src/delivery/commit.ts";
import { heldDelivery } from "../support/held-delivery.ts";
import { type TransactionalStore, transactionalStore } from "../support/transactional-store.ts";

async function committing(store: Store | TransactionalStore = transactionalStore()) {
  const held = await heldDelivery(store as Store);
  return createCommit(store as Store<never>, held);
}

const rejection = (promise: Promise<unknown>): Promise<LatchhookError> =>
  promise.then(
    () => {
      throw new Error("It did not reject.");
    },
    (error: LatchhookError) => error,
  );

describe("what a misused commit says", () => {
  it("on a store without transactions", async () => {
    const commit = await committing(memoryStore());
    expect(await rejection(commit.run(() => {}))).toMatchObject({
      code: "commit-unsupported",
      message:
        "The memory store has no transactions. Use sqliteStore or postgresStore, or write without commit.",
    });
  });

  it("after the callback has ended", async () => {
    const commit = await committing();
    await commit.settle();
    expect(await rejection(commit.run(() => {}))).toMatchObject({
      code: "commit-misused",
      message:
        "commit was called after persist had ended, and wrote nothing. Call it within persist, and await it.",
    });
  });

  it("a second time, after the first or within it", async () => {
    const commit = await committing();
    let within: Promise<LatchhookError> | undefined;
    await commit.run(() => {
      within = rejection(commit.run(() => {}));
    });
    const message = (state: string) => `This delivery ${state}. Call commit once, and not within itself.`;
    expect(await within).toMatchObject({ code: "commit-misused", message: message("is being committed") });
    expect(await rejection(commit.run(() => {}))).toMatchObject({
      code: "commit-misused",
      message: message("is already committed"),
    });
  });
});

describe("a commit that fails", () => {
  it("because another has taken over says that nothing was written", async () => {
    const store = transactionalStore();
    store.beforeCommit = () => "lost";
    const commit = await committing(store);
    expect(await rejection(commit.run(() => {}))).toMatchObject({
      code: "lease-lost",
      message: "Another request has taken this delivery over; nothing was written.",
    });
  });

  it("in the store names it, with the cause", async () => {
    const store = transactionalStore();
    const cause = new Error("the connection was lost");
    store.beforeCommit = () => {
      throw cause;
    };
    const commit = await committing(store);
    const error = await rejection(commit.run(() => {}));
    expect(error).toMatchObject({
      code: "store-unavailable",
      message: "The rows store could not commit.",
    });
    expect(error.cause).toBe(cause);
  });

  it.each([
    ["commit-misused", "commit-misused"],
    ["store-misconfigured", "store-unavailable"],
  ] as const)("in the store with a LatchhookError %s → %s", async (thrown, code) => {
    const store = transactionalStore();
    store.beforeCommit = () => {
      throw new LatchhookError(thrown, "of the store's own");
    };
    const commit = await committing(store);
    expect((await rejection(commit.run(() => {}))).code).toBe(code);
  });

  it("lets another be tried", async () => {
    const store = transactionalStore();
    const commit = await committing(store);
    const failed = new Error("in the work");
    expect(
      await rejection(
        commit.run(() => {
          throw failed;
        }),
      ),
    ).toBe(failed);
    await commit.run((transaction) => (transaction as { insert(row: string): void }).insert("again"));
    expect(store.rows).toEqual(["again"]);
  });
});

describe("settling", () => {
  it("without a commit is at once, and with several tells of the last", async () => {
    await (await committing()).settle();
    const commit = await committing();
    const first = rejection(
      commit.run(() => {
        throw new Error("the first");
      }),
    );
    await first;
    await commit.run(() => {});
    await commit.settle();
    const failing = await committing();
    await failing.run(() => {});
    void failing.run(() => {}).catch(() => {});
    expect((await rejection(failing.settle())).code).toBe("commit-misused");
  });
});

describe("the work", () => {
  it("gives back what it returned, awaited once, and the last run's where it was run again", async () => {
    const store = transactionalStore();
    store.runs = 2;
    let runs = 0;
    let awaited = 0;
    const commit = await committing(store);
    const result = await commit.run(() => ({
      // biome-ignore lint/suspicious/noThenProperty: a query builder is one.
      then(resolve: (value: number) => void) {
        awaited++;
        resolve(++runs);
      },
    }));
    expect([result, awaited]).toEqual([2, 2]);
  });

  it("that is not a promise is told to the store as it is", async () => {
    let told: unknown;
    const store = {
      ...(transactionalStore() as unknown as Store<never>),
      commit(_claim: unknown, _options: unknown, work: (transaction: never) => unknown) {
        told = work(undefined as never);
        return "ok" as const;
      },
    };
    const commit = createCommit(store as never, await heldDelivery(store as never));
    expect(await commit.run(() => 7)).toBe(7);
    expect(told).toBe(7);
  });
});
