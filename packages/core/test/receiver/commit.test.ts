import { createReceiver, type Delivery, isLatchhookError, type Outcome } from "@latchhook/core";
import { memoryStore } from "@latchhook/core/stores/memory";
import { describe, expect, it } from "vitest";
import { dialects } from "../support/dialects.ts";
import { thenable } from "../support/thenable.ts";
import {
  type RowTransaction,
  type TransactionalStore,
  transactionalStore,
} from "../support/transactional-store.ts";
import { post } from "../support/trial-receiver.ts";

const dialect = dialects[3] as (typeof dialects)[number];
const duplicate = '{"received":true,"duplicate":true}';

type Callback = (delivery: Delivery<RowTransaction>) => unknown;

function trialWith(persist: Callback, store: TransactionalStore = transactionalStore()) {
  const outcomes: Outcome[] = [];
  let calls = 0;
  const receiver = createReceiver({
    provider: dialect.makeProvider({ secret: dialect.secrets[0] }),
    store,
    persist: (_event, delivery) => {
      calls++;
      return persist(delivery);
    },
    onOutcome: (outcome) => outcomes.push(outcome),
    leaseMs: 300,
  });
  return { store, outcomes, calls: () => calls, post: () => post(receiver, dialect.sign()) };
}

const codes = (outcomes: readonly Outcome[]) => outcomes.map(({ code }) => code);

describe("commit", () => {
  it("keeps the user's writes and the mark, and gives what the work gave", async () => {
    const results: unknown[] = [];
    const trial = trialWith(async ({ commit }) => {
      results.push(
        await commit(async (transaction) => {
          transaction.insert("row");
          return "result";
        }),
      );
    });
    expect((await trial.post()).body).toBe('{"received":true}');
    expect((await trial.post()).body).toBe(duplicate);
    expect([trial.store.rows, results, trial.calls()]).toEqual([["row"], ["result"], 1]);
  });

  it("takes synchronous work, and work without a result", async () => {
    const trial = trialWith(({ commit }) => commit((transaction) => transaction.insert("row")));
    expect((await trial.post()).status).toBe(200);
    expect(trial.store.rows).toEqual(["row"]);
  });

  it("that the callback does not await is waited for before the answer", async () => {
    const trial = trialWith(({ commit }) => {
      commit(async (transaction) => {
        await new Promise((resolve) => setTimeout(resolve, 30));
        transaction.insert("row");
      });
    });
    expect((await trial.post()).status).toBe(200);
    expect(trial.store.rows).toEqual(["row"]);
    expect((await trial.post()).body).toBe(duplicate);
  });

  it("that the callback does not await and that fails → no 2xx", async () => {
    const trial = trialWith(({ commit }) => {
      commit(async () => {
        throw new Error("in the work");
      });
    });
    expect((await trial.post()).status).toBe(500);
    expect(trial.store.rows).toEqual([]);
  });

  it("runs the query of a thenable query builder once", async () => {
    let queries = 0;
    const trial = trialWith(async ({ commit }) => {
      const rows = await commit((transaction) =>
        thenable<readonly string[]>((resolve) => {
          queries++;
          transaction.insert("row");
          resolve(["row"]);
        }),
      );
      expect(rows).toEqual(["row"]);
    });
    expect((await trial.post()).status).toBe(200);
    expect([queries, trial.store.rows]).toEqual([1, ["row"]]);
  });

  it("may run the work again, and gives the last result", async () => {
    const store = transactionalStore();
    store.runs = 2;
    let run = 0;
    let result: unknown;
    const trial = trialWith(async ({ commit }) => {
      result = await commit((transaction) => {
        transaction.insert(`row of run ${++run}`);
        return run;
      });
    }, store);
    expect((await trial.post()).status).toBe(200);
    expect([store.rows, result]).toEqual([["row of run 2"], 2]);
  });
});

describe("commit that fails", () => {
  it.each([
    [
      "synchronously",
      () => {
        throw new Error("in the work");
      },
    ],
    [
      "asynchronously",
      async () => {
        throw new Error("in the work");
      },
    ],
  ])(
    "an error of the work, %s → 500, unchanged; nothing is kept; the next attempt runs",
    async (_way, fail) => {
      let caught: unknown;
      const trial = trialWith(async ({ commit }) => {
        try {
          await commit((transaction) => {
            transaction.insert("row");
            if (trial.calls() === 1) return fail();
            return undefined;
          });
        } catch (error) {
          caught = error;
          throw error;
        }
      });
      expect((await trial.post()).status).toBe(500);
      expect(trial.outcomes[0]?.error).toBe(caught);
      expect(caught).toMatchObject({ message: "in the work" });
      expect(trial.store.rows).toEqual([]);
      expect((await trial.post()).status).toBe(200);
      expect(trial.store.rows).toEqual(["row"]);
      expect(codes(trial.outcomes)).toEqual(["persist-failed", "processed"]);
    },
  );

  it("an error of the work that the callback swallows → still no 2xx", async () => {
    const trial = trialWith(async ({ commit }) => {
      await commit(() => {
        throw new Error("in the work");
      }).catch(() => {});
    });
    expect((await trial.post()).status).toBe(500);
  });

  it("an error of the store → 503; nothing is kept; the next attempt runs", async () => {
    const store = transactionalStore();
    store.beforeCommit = () => {
      throw new Error("the connection was lost");
    };
    const trial = trialWith(({ commit }) => commit((transaction) => transaction.insert("row")), store);
    const answer = await trial.post();
    expect([answer.status, answer.body]).toEqual([503, '{"error":"unavailable"}']);
    const error = trial.outcomes[0]?.error;
    expect(isLatchhookError(error) && error.code).toBe("store-unavailable");
    expect((error as Error).cause).toMatchObject({ message: "the connection was lost" });
    expect(store.rows).toEqual([]);
    store.beforeCommit = undefined;
    expect((await trial.post()).status).toBe(200);
    expect(store.rows).toEqual(["row"]);
  });

  it("a claim that is lost → 503; nothing is kept", async () => {
    const store = transactionalStore();
    store.beforeCommit = () => "lost";
    const trial = trialWith(({ commit }) => commit((transaction) => transaction.insert("row")), store);
    expect((await trial.post()).status).toBe(503);
    expect(codes(trial.outcomes)).toEqual(["lease-lost"]);
    expect(store.rows).toEqual([]);
  });

  it("an error of the store, then a second commit that works → 200", async () => {
    const store = transactionalStore();
    store.beforeCommit = () => {
      store.beforeCommit = undefined;
      throw new Error("for a moment");
    };
    const trial = trialWith(async ({ commit }) => {
      await commit((transaction) => transaction.insert("row")).catch(() => {});
      await commit((transaction) => transaction.insert("row"));
    }, store);
    expect((await trial.post()).status).toBe(200);
    expect(store.rows).toEqual(["row"]);
  });

  it("an error of the callback after the commit → 500; what was committed stays, and is not run again", async () => {
    const trial = trialWith(async ({ commit }) => {
      await commit((transaction) => transaction.insert("row"));
      throw new Error("after the commit");
    });
    expect((await trial.post()).status).toBe(500);
    expect((await trial.post()).body).toBe(duplicate);
    expect(trial.store.rows).toEqual(["row"]);
  });
});

describe("heartbeats beside a commit", () => {
  const wait = () => new Promise((resolve) => setTimeout(resolve, 400));

  it("a callback that goes on after its commit has nothing to lose any more → 200", async () => {
    const trial = trialWith(async ({ commit, signal }) => {
      await commit((transaction) => transaction.insert("row"));
      await wait();
      expect(signal.aborted).toBe(false);
    });
    expect((await trial.post()).status).toBe(200);
    expect(codes(trial.outcomes)).toEqual(["processed"]);
  });

  it("a heartbeat that crosses with the commit, and so finds the claim gone → 200", async () => {
    const store = transactionalStore();
    let reply = () => {};
    const replied = new Promise<void>((resolve) => {
      reply = resolve;
    });
    const { commit, extend } = store;
    store.extend = async (...parameters) => {
      const update = await extend(...parameters);
      setImmediate(reply);
      return update;
    };
    store.commit = async (...parameters) => {
      const update = await commit?.(...parameters);
      await replied;
      return update ?? "lost";
    };
    const trial = trialWith(({ commit }) => commit((transaction) => transaction.insert("row")), store);
    expect((await trial.post()).status).toBe(200);
    expect(codes(trial.outcomes)).toEqual(["processed"]);
  });
});

describe("commit that is misused", () => {
  it("called twice, one after the other → the second is refused, and its work does not run", async () => {
    let second: unknown;
    const trial = trialWith(async ({ commit }) => {
      await commit((transaction) => transaction.insert("first"));
      second = await commit((transaction) => transaction.insert("second")).catch((error: unknown) => error);
    });
    const { status } = await trial.post();
    expect(isLatchhookError(second) && second.code).toBe("commit-misused");
    expect(trial.store.rows).toEqual(["first"]);
    expect(status).toBe(500);
    expect((await trial.post()).body).toBe(duplicate);
  });

  it("called twice at once → one of them is refused, and only one's rows are kept", async () => {
    const trial = trialWith(async ({ commit }) => {
      const write = (row: string) =>
        commit(async (transaction) => {
          await new Promise((resolve) => setTimeout(resolve, 10));
          transaction.insert(row);
        });
      await Promise.allSettled([write("first"), write("second")]);
    });
    await trial.post();
    expect(trial.store.rows).toHaveLength(1);
    expect((await trial.post()).body).toBe(duplicate);
    expect(trial.store.rows).toHaveLength(1);
  });

  it("called after persist has ended → refused, and its work does not run", async () => {
    let late: Promise<unknown> = Promise.resolve();
    const trial = trialWith(({ commit }) => {
      late = new Promise((resolve) => setTimeout(resolve, 20))
        .then(() => commit((transaction) => transaction.insert("late")))
        .catch((error: unknown) => error);
    });
    expect((await trial.post()).status).toBe(200);
    const refusal = await late;
    expect(isLatchhookError(refusal) && refusal.code).toBe("commit-misused");
    expect(trial.store.rows).toEqual([]);
  });

  it("on a store without transactions → 500, and says what to use", async () => {
    const outcomes: Outcome[] = [];
    const receiver = createReceiver({
      provider: dialect.makeProvider({ secret: dialect.secrets[0] }),
      store: memoryStore(),
      // As from JavaScript: the compiler refuses it.
      persist: (_event, { commit }) => commit((() => "never") as never),
      onOutcome: (outcome) => outcomes.push(outcome),
    });
    expect((await post(receiver, dialect.sign())).status).toBe(500);
    expect(isLatchhookError(outcomes[0]?.error) && outcomes[0].error.code).toBe("commit-unsupported");
    expect(String(outcomes[0]?.error)).toContain("sqliteStore");
  });
});
