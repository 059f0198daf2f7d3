import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { ClaimResult, Store } from "@latchhook/core";
import { memoryStore } from "@latchhook/stores/memory";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { monotonicMs } from "../apps/app/src/monotonic-ms.ts";
import { contractModel, deleteOnFailure, type StoreModel, unfencedComplete } from "../model/store-model.ts";
import { describeWithServer, findPostgres, findRedis } from "../support/servers.ts";
import { findViolation, type Violation } from "./linearizability/check.ts";
import { type Load, runClients } from "./linearizability/clients.ts";
import type { Operation } from "./linearizability/history.ts";
import { toyStore } from "./linearizability/toy-store.ts";
import { backends, findMissing, type Place, type Servers } from "./support/backends.ts";
import { bundleProgram } from "./support/bundle-program.ts";
import { openPlace } from "./support/open-place.ts";

const seed = Number(process.env.LATCHHOOK_FAULTS_SEED ?? Math.floor(Math.random() * 2 ** 31));
const durationMs = 1_500;

const servers: Servers = { postgres: await findPostgres(), redis: await findRedis() };

/** A wrong store: its clock is ahead where it judges leases. */
const endingLeasesEarly: StoreModel = {
  ...contractModel,
  claim: (record, owner, now, leaseMs) => {
    const isEarly = record?.state === "in-flight" && record.leaseEnd - now < 20;
    return contractModel.claim(record, owner, isEarly ? record.leaseEnd : now, leaseMs);
  },
};

/** A wrong store: a takeover gets the fence of the one that it takes over from. */
const repeatingFences: StoreModel = {
  ...contractModel,
  claim(record, owner, now, leaseMs) {
    const claimed = contractModel.claim(record, owner, now, leaseMs);
    if (record === null || claimed.record === null || typeof claimed.answer === "string") return claimed;
    const { fence } = record;
    return { record: { ...claimed.record, fence }, answer: { owner, fence } };
  },
};

/** A history says little in which no two clients met. */
function expectEverything(operations: readonly Operation[]): void {
  const claims = operations.filter((operation) => operation.do === "claim").map(({ answer }) => answer);
  const seen = {
    claimed: claims.some(({ state }) => state === "claimed"),
    takeover: claims.some((answer) => answer.state === "claimed" && answer.takeover),
    inFlight: claims.some(({ state }) => state === "in-flight"),
    completed: claims.some(({ state }) => state === "completed"),
    lost: operations.some(({ answer }) => answer === "lost"),
    extended: operations.some((operation) => operation.do === "extend" && operation.answer === "ok"),
  };
  expect(Object.entries(seen).filter(([, present]) => !present)).toEqual([]);
  expect(operations.length).toBeGreaterThan(200);
}

function expectLinearizable(operations: readonly Operation[]): void {
  expectEverything(operations);
  expect(findViolation(operations), `seed ${seed}`).toBeUndefined();
}

function recordHere(store: Store<never>): Promise<readonly Operation[]> {
  const from = monotonicMs();
  return runClients(store, { name: "here", seed, clients: 12, from, until: from + durationMs });
}

describe("histories of concurrent operations", () => {
  let program: Awaited<ReturnType<typeof bundleProgram>>;
  beforeAll(async () => {
    program = await bundleProgram("linearizability/client-process");
  });
  afterAll(() => program.remove());

  /** Several processes with several clients each. Their time begins when all of them are ready. */
  async function recordInProcesses(place: Place): Promise<readonly Operation[]> {
    const processes = [1, 2, 3].map((index) => {
      const child = spawn(process.execPath, [program.path, JSON.stringify(place)], {
        stdio: ["pipe", "pipe", "inherit"],
        timeout: 25_000,
        killSignal: "SIGKILL",
      });
      const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
      return { index, child, lines };
    });
    await Promise.all(processes.map(({ lines }) => lines.next()));
    const from = monotonicMs() + 50;
    const histories = await Promise.all(
      processes.map(async ({ index, child, lines }) => {
        const load: Load = { name: "shared", seed: seed + index, clients: 4, from, until: from + durationMs };
        child.stdin.write(JSON.stringify(load));
        const { value } = await lines.next();
        return JSON.parse(String(value)) as Operation[];
      }),
    );
    return histories.flat();
  }

  it("memory: each key's history is linearizable", async () => {
    const store = memoryStore();
    // Its operations are synchronous: they are called late and answered late, so that they overlap.
    const later = async <Result>(operate: () => Result): Promise<Result> => {
      await nextTurn();
      const result = operate();
      await nextTurn();
      return result;
    };
    const slow: Store<never> = {
      ...store,
      claim: (key, options) => later(() => store.claim(key, options)),
      extend: (claim, leaseMs) => later(() => store.extend(claim, leaseMs)),
      complete: (claim, options) => later(() => store.complete(claim, options)),
      fail: (claim) => later(() => store.fail(claim)),
    };
    expectLinearizable(await recordHere(slow));
  });

  for (const backend of backends.filter(({ remembers, write }) => remembers && write === "separate")) {
    describeWithServer(backend.name, findMissing(backend, servers), () => {
      it("each key's history is linearizable", async () => {
        const { place, remove } = await backend.open(servers);
        // Once before the processes do, so that they do not wait for each other to create the tables.
        const opened = await openPlace(place);
        await opened.store.purge(1);
        await opened.close();
        expectLinearizable(await recordInProcesses(place));
        await remove();
      });
    });
  }
});

describe.concurrent("histories of toy stores", () => {
  it("a store that is right by its making is found right", async () => {
    expectLinearizable(await recordHere(toyStore(contractModel, undefined)));
  });

  it.each([
    ["lets two win, for it reads and then writes", toyStore(contractModel, 2)],
    ["completes for whoever asks", toyStore(unfencedComplete, undefined)],
    ["deletes what failed, and its fence with it", toyStore(deleteOnFailure, undefined)],
    ["ends leases early", toyStore(endingLeasesEarly, undefined)],
    ["gives the same fence again", toyStore(repeatingFences, undefined)],
  ])("a store that %s is found out", async (_, store) => {
    // By chance: a history in which no one was late or collided shows nothing.
    let violation: Violation | undefined;
    for (let attempt = 0; attempt < 5 && violation === undefined; attempt++) {
      violation = findViolation(await recordHere(store));
    }
    expect(violation, `seed ${seed}`).toBeDefined();
  });
});

describe("the check of histories", () => {
  const claim = (owner: string, from: number, to: number, answer: ClaimResult): Operation => ({
    key: "key",
    owner,
    invokedAt: from,
    respondedAt: to,
    do: "claim",
    leaseMs: 100,
    answer,
  });
  const won = (fence: number, attempt: number, takeover: boolean): ClaimResult => ({
    state: "claimed",
    fence,
    attempt,
    takeover,
  });
  const busy: ClaimResult = { state: "in-flight", retryAfterMs: 50 };
  const end = (how: "complete" | "fail", fence: number, from: number, to: number, answer: "ok" | "lost") =>
    ({ key: "key", owner: "a", invokedAt: from, respondedAt: to, do: how, fence, answer }) as const;
  const first = claim("a", 0, 10, won(7, 1, false));

  it.each<readonly [string, boolean, readonly Operation[]]>([
    ["one claim", true, [first]],
    ["a claim refused before the one that won, but at the same time", true, [claim("b", 1, 5, busy), first]],
    ["a claim refused before any other was called", false, [claim("b", -9, -5, busy), first]],
    ["a takeover after the lease", true, [first, claim("b", 105, 112, won(8, 2, true))]],
    ["a takeover within the lease", false, [first, claim("b", 40, 50, won(8, 2, true))]],
    ["a refusal after the lease", false, [first, claim("b", 120, 125, busy)]],
    ["a takeover under the same fence", false, [first, claim("b", 105, 112, won(7, 2, true))]],
    [
      "a claim after a failure",
      true,
      [first, end("fail", 7, 20, 25, "ok"), claim("b", 26, 27, won(9, 2, false))],
    ],
    [
      "a claim after completion",
      false,
      [first, end("complete", 7, 20, 25, "ok"), claim("b", 26, 27, won(9, 2, true))],
    ],
    [
      "completed before it was",
      false,
      [first, claim("b", 12, 15, { state: "completed" }), end("complete", 7, 20, 25, "ok")],
    ],
    [
      "completed while it was",
      true,
      [first, claim("b", 12, 21, { state: "completed" }), end("complete", 7, 20, 25, "ok")],
    ],
    [
      "a stale completion",
      false,
      [first, claim("b", 105, 112, won(8, 2, true)), end("complete", 7, 120, 125, "ok")],
    ],
    [
      "a stale completion that is refused",
      true,
      [first, claim("b", 105, 112, won(8, 2, true)), end("complete", 7, 120, 125, "lost")],
    ],
  ])("%s: %s", (_, linearizable, operations) => {
    expect(findViolation(operations) === undefined).toBe(linearizable);
  });
});
