import type { StoreOperation } from "../instrument.ts";
import { isPromiseLike, type MaybePromise } from "../shared/maybe-promise.ts";
import type { ClaimResult, ClaimUpdate, Store } from "../store.ts";

type Result = ClaimResult | ClaimUpdate;

/** The same store, whose operations on claims are measured. What it answers, and when, stays as it is. */
export function measureStore(store: Store<never>, tell: (operation: StoreOperation) => void): Store<never> {
  function measured<Answer extends Result>(
    operation: StoreOperation["operation"],
    run: () => MaybePromise<Answer>,
  ): MaybePromise<Answer> {
    const startedAt = performance.now();
    function end(result: StoreOperation["result"]): void {
      tell({ store: store.name, operation, result, durationMs: performance.now() - startedAt });
    }
    function succeed(answer: Answer): Answer {
      end(typeof answer === "string" ? answer : answer.state);
      return answer;
    }
    function fail(error: unknown): never {
      end("error");
      throw error;
    }
    let answer: MaybePromise<Answer>;
    try {
      answer = run();
    } catch (error) {
      return fail(error);
    }
    return isPromiseLike(answer) ? answer.then(succeed, fail) : succeed(answer);
  }

  const { name, productionWarning, schemaVersion, heartbeatsWaitForCommits, inbox } = store;
  return {
    name,
    productionWarning,
    schemaVersion,
    heartbeatsWaitForCommits,
    inbox,
    claim: (key, options) => measured("claim", () => store.claim(key, options)),
    extend: (claim, leaseMs) => measured("extend", () => store.extend(claim, leaseMs)),
    complete: (claim, options) => measured("complete", () => store.complete(claim, options)),
    fail: (claim, options) => measured("fail", () => store.fail(claim, options)),
    ...optionalOperations(store, measured),
    purge: (limit) => store.purge(limit),
    close: () => store.close(),
  };
}

/** Whether a store has these is asked by whether they are there. */
function optionalOperations(
  store: Store<never>,
  measured: <Answer extends Result>(
    operation: StoreOperation["operation"],
    run: () => MaybePromise<Answer>,
  ) => MaybePromise<Answer>,
): Pick<Store<never>, "commit" | "reopen"> {
  const operations: Pick<Store<never>, "commit" | "reopen"> = {};
  if (store.commit !== undefined) {
    operations.commit = (claim, options, work) =>
      measured("commit", () => store.commit?.(claim, options, work) ?? "lost");
  }
  if (store.reopen !== undefined) {
    operations.reopen = (key, options) =>
      measured("reopen", () => store.reopen?.(key, options) ?? store.claim(key, options));
  }
  return operations;
}
