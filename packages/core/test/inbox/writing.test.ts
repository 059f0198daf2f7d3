import { logOutcomes, type Store } from "@latchhook/core";
import { memoryStore } from "@latchhook/core/stores/memory";
import { describe, expect, it } from "vitest";
import { connectionLost, faultyStore } from "../support/faulty-store.ts";
import { dialect, inboxReceiver, provider, until } from "../support/inbox-receiver.ts";
import { transactionalStore } from "../support/transactional-store.ts";
import { trialReceiver } from "../support/trial-receiver.ts";

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe("what a receiver writes to its inbox", () => {
  it("of a success is the delivery without its body, in the mark itself", async () => {
    const trial = inboxReceiver();
    await trial.post(dialect.sign());
    expect((await trial.inbox.list()).deliveries, "without a flush").toHaveLength(1);
    const { delivery, attempts, body, redacted } = await trial.only();
    const { event } = trial.persisted[0] ?? {};
    expect(delivery).toMatchObject({
      ...{ provider: "ai-stats", scope: "", eventId: event?.id, type: event?.type, known: true },
      ...{ jobId: event?.job?.id, jobStatus: "completed", secretIndex: 0, maxAttempts: 4 },
      ...{ state: "done", requests: 1, runs: 1, replays: 0, hasBody: false, error: null },
    });
    expect(delivery.bodyBytes).toBe(dialect.sign().body.byteLength);
    expect(attempts).toMatchObject([
      { source: "http", outcome: "processed", status: 200, claimAttempt: 1, senderAttempt: 1, late: false },
    ]);
    expect([body, redacted]).toEqual([null, null]);
  });

  it("of a failure is its error, its place and its body, which goes with its success", async () => {
    const trial = inboxReceiver();
    trial.fails = new TypeError("no such\ntable: videos");
    const request = dialect.sign();
    await trial.post(request);
    const failed = await trial.only();
    expect(failed.delivery).toMatchObject({
      ...{ state: "failed", errorName: "TypeError", error: "no such table: videos", hasBody: true },
      errorFrame: expect.stringMatching(/writing\.test\.ts:\d+:\d+$/),
    });
    expect(failed.body).toEqual(request.body);
    expect(failed.redacted).toMatchObject({
      data: { id: "video_01", download_url: { hidden: expect.any(Number) } },
    });
    trial.fails = undefined;
    await trial.post(request);
    const done = await trial.only();
    expect(done.delivery).toMatchObject({ state: "done", requests: 2, runs: 2, error: null, hasBody: false });
  });

  it.each([
    ["none", false, false],
    ["failed", true, false],
    ["all", true, true],
  ] as const)("keeps bodies as body: %j says", async (body, ofFailed, ofDone) => {
    const trial = inboxReceiver({ inbox: { body } });
    trial.fails = "no";
    await trial.post(dialect.sign());
    expect((await trial.only()).delivery.hasBody).toBe(ofFailed);
    trial.fails = undefined;
    await trial.post(dialect.sign());
    expect((await trial.only()).delivery.hasBody).toBe(ofDone);
  });

  it("of what the callback commits is in the commit", async () => {
    const store = transactionalStore();
    let kept: number | undefined;
    const trial = inboxReceiver({
      store: store as unknown as Store,
      async persist(_event, delivery) {
        await delivery.commit(((transaction: { insert(row: string): void }) =>
          transaction.insert("x")) as never);
        kept = (await trial.inbox.list()).deliveries.length;
      },
    });
    await trial.post(dialect.sign());
    expect(kept).toBe(1);
    const { delivery, attempts } = await trial.only();
    expect([delivery.state, delivery.requests, attempts.length]).toEqual(["done", 1, 1]);
  });

  it("of a callback that throws after its commit is that it is done, and what was answered", async () => {
    const trial = inboxReceiver({
      store: transactionalStore() as unknown as Store,
      persist: (_event, delivery) => delivery.commit((() => undefined) as never),
    });
    trial.fails = new Error("after the commit");
    await trial.post(dialect.sign());
    const { delivery, attempts } = await trial.only();
    expect([delivery.state, delivery.requests]).toEqual(["done", 1]);
    expect(attempts.map(({ outcome, status, late }) => [outcome, status, late])).toEqual([
      ["processed", 200, false],
      ["persist-failed", 500, true],
    ]);
  });

  it("of a commit that fails is a failure", async () => {
    const store = transactionalStore();
    store.beforeCommit = connectionLost;
    const trial = inboxReceiver({
      store: store as unknown as Store,
      persist: (_event, delivery) => delivery.commit((() => undefined) as never),
    });
    await trial.post(dialect.sign());
    const { delivery, attempts } = await trial.only();
    expect([delivery.state, delivery.lastOutcome, attempts.length]).toEqual([
      "failed",
      "store-unavailable",
      1,
    ]);
  });

  it("of duplicates, and of those that find it in flight, is an attempt each", async () => {
    let finish: (() => void) | undefined;
    const trial = inboxReceiver({
      waitMs: 1,
      persist: () => new Promise<void>((resolve) => (finish = resolve)),
    });
    const request = dialect.sign();
    const first = trial.post(request);
    await until(() => finish);
    await trial.post(request);
    const { delivery } = await trial.only();
    expect(delivery).toMatchObject({ state: "running", lastOutcome: "in-flight", hasBody: false });
    finish?.();
    await first;
    await trial.post(request);
    const { delivery: done, attempts } = await trial.only();
    expect(done).toMatchObject({ state: "done", requests: 3, runs: 1 });
    expect(attempts.map(({ outcome }) => outcome)).toEqual(["in-flight", "processed", "duplicate"]);
  });

  it("of an answer at the deadline is one, and the late end another that is no request", async () => {
    const trial = inboxReceiver({ deadlineMs: 60, persist: () => sleep(400) });
    expect((await trial.post(dialect.sign())).status).toBe(503);
    const { delivery, attempts } = await trial.only();
    expect(delivery).toMatchObject({ state: "running", requests: 1, hasBody: true });
    expect(attempts).toMatchObject([{ outcome: "deadline-exceeded", status: 503, late: false }]);
    await trial.receiver.close();
    const late = await trial.only();
    expect(late.delivery).toMatchObject({ state: "done", requests: 1, runs: 1, hasBody: false });
    expect(late.attempts[1]).toMatchObject({ outcome: "processed", status: 503, late: true });
    expect(trial.inbox && (await trial.inbox.counts(0)).map(({ outcome }) => outcome)).toEqual([
      "deadline-exceeded",
    ]);
  });

  it("of a callback that never returns is its lost lease, with its body", async () => {
    const trial = inboxReceiver({ maxRunMs: 60, persist: () => new Promise(() => {}) });
    await trial.post(dialect.sign());
    const { attempts, body } = await trial.only();
    expect(attempts).toMatchObject([
      { outcome: "lease-lost", status: 503, error: expect.stringContaining("maxRunMs") },
    ]);
    expect(body).toEqual(dialect.sign().body);
  });

  it("of a delivery that another process takes over is what each of them did", async () => {
    const store = memoryStore();
    const options = { store, leaseMs: 200 };
    const slow = inboxReceiver({
      ...options,
      store: { ...(store as Store), extend: () => "ok" },
      persist: () => sleep(600),
    });
    const quick = inboxReceiver(options);
    slow.fails = new Error("too late to matter");
    const answer = slow.post(dialect.sign());
    await sleep(300);
    expect((await quick.post(dialect.sign())).status).toBe(200);
    await answer;
    const { delivery } = await slow.only();
    expect(delivery).toMatchObject({ state: "done", error: null, requests: 2 });
  });

  it("of a store that is away is a note once it is back", async () => {
    const { store, intercept, restore } = faultyStore();
    const trial = inboxReceiver({ store });
    intercept("claim", connectionLost);
    await trial.post(dialect.sign());
    restore("claim");
    const { delivery } = await trial.only();
    expect(delivery).toMatchObject({
      state: "failed",
      lastOutcome: "store-unavailable",
      hasBody: true,
      runs: 0,
    });
  });

  it("of a giving back that fails is a note", async () => {
    const { store, intercept } = faultyStore();
    const trial = inboxReceiver({ store });
    trial.fails = new Error("no");
    intercept("fail", connectionLost);
    await trial.post(dialect.sign());
    const { attempts, body } = await trial.only();
    expect(attempts).toMatchObject([{ outcome: "persist-failed", late: false }]);
    expect(body).toEqual(dialect.sign().body);
  });

  it("is dead after the sender's last attempt, and once its horizon is over", async () => {
    const last = inboxReceiver();
    last.fails = new Error("no");
    await last.post(dialect.sign({ attempt: 4 }));
    expect((await last.only()).delivery).toMatchObject({ state: "dead", senderAttempt: 4, maxAttempts: 4 });
    const first = inboxReceiver();
    first.fails = new Error("no");
    await first.post(dialect.sign());
    const { state, deadAt, receivedAt } = (await first.only()).delivery;
    expect([state, deadAt]).toEqual(["failed", receivedAt + provider.policy.retryHorizonMs]);
  });

  it("is nothing without the option", async () => {
    const store = memoryStore();
    const trial = inboxReceiver({ store });
    const plain = trialReceiver(provider, { store });
    await plain.post(dialect.sign());
    await plain.post(dialect.sign());
    await plain.receiver.close();
    expect(plain.receiver.inbox).toBeUndefined();
    expect((await trial.inbox.list()).deliveries).toEqual([]);
    expect(await trial.inbox.counts(0)).toEqual([]);
  });
});

describe("counts", () => {
  it("are of every outcome: of what is known with bucket and secret, of a refusal by its reason", async () => {
    const trial = inboxReceiver();
    const request = dialect.sign();
    await trial.post(request);
    await trial.post(request);
    for (let times = 0; times < 3; times++) {
      await trial.post({ headers: request.headers, body: new TextEncoder().encode(`{"forged":${times}}`) });
    }
    await trial.post({ headers: {}, body: request.body });
    await trial.inbox.flush();
    const counts = (await trial.inbox.counts(0)).map(({ outcome, reason, secretIndex, count }) => [
      ...[outcome, reason, secretIndex, count],
    ]);
    expect(counts).toEqual([
      ["processed", "", 0, 1],
      ["duplicate", "", 0, 1],
      ["unauthentic", "signature-mismatch", -1, 3],
      ["unauthentic", "missing-signature", -1, 1],
    ]);
    expect((await trial.inbox.list()).deliveries).toHaveLength(1);
  });

  it("leave replays and late ends out", async () => {
    const trial = inboxReceiver();
    trial.fails = new Error("no");
    await trial.post(dialect.sign());
    const { delivery } = await trial.only();
    await trial.inbox.replay(delivery.key, { actor: "ops" });
    await trial.inbox.flush();
    expect(await trial.inbox.counts(0)).toMatchObject([{ outcome: "persist-failed", count: 1 }]);
  });
});

describe("an inbox that cannot be written", () => {
  function failing(options: Parameters<typeof inboxReceiver>[0] = {}) {
    const store = memoryStore();
    let away = true;
    const note: typeof store.inbox.note = (...written) =>
      away ? connectionLost() : store.inbox.note(...written);
    const trial = inboxReceiver({
      ...options,
      store: { ...(store as Store), inbox: { ...store.inbox, note } },
    });
    return { trial, restore: () => (away = false) };
  }

  it("costs notes, which are counted, and no answer", async () => {
    const { trial } = failing();
    await trial.post(dialect.sign());
    expect((await trial.post(dialect.sign())).status).toBe(200);
    await trial.inbox.flush();
    expect(trial.inbox.dropped()).toBe(1);
  });

  it("is said once, with what to do, and once again when it can", async () => {
    const lines: string[] = [];
    const { trial, restore } = failing({
      scope: "eu",
      onOutcome: logOutcomes({
        error: (line) => lines.push(`error ${line}`),
        warn: (line) => lines.push(`warn ${line}`),
      }),
    });
    const failingTwice = async () => {
      await trial.post(dialect.sign());
      await trial.inbox.flush();
      await trial.post(dialect.sign());
      await trial.inbox.flush();
    };
    await failingTwice();
    expect(lines).toEqual([
      expect.stringMatching(
        /^error \[latchhook\] ai-stats \(scope "eu"\): the inbox cannot be written \(Error: "the connection was lost".*\); .*`await store\.check\(\)`/,
      ),
    ]);
    restore();
    await failingTwice();
    expect(lines.slice(1)).toEqual([
      'warn [latchhook] ai-stats (scope "eu"): the inbox is written again; attempts dropped meanwhile: 1',
    ]);
  });

  it("is nothing that a log which throws can end a process by", async () => {
    const { trial, restore } = failing({
      onOutcome: logOutcomes({ error: connectionLost, warn: connectionLost }),
    });
    await trial.post(dialect.sign());
    await trial.inbox.flush();
    restore();
    await trial.inbox.flush();
    expect(await trial.inbox.counts(0)).toMatchObject([{ outcome: "processed", count: 1 }]);
  });

  it("keeps its counts until it can", async () => {
    const { trial, restore } = failing();
    await trial.post(dialect.sign());
    await trial.inbox.flush();
    restore();
    await trial.inbox.flush();
    expect(await trial.inbox.counts(0)).toMatchObject([{ outcome: "processed", count: 1 }]);
  });

  it("holds up no shutdown for longer than 5 s", async () => {
    const store = memoryStore();
    const note = () => new Promise<void>(() => {});
    const trial = inboxReceiver({ store: { ...(store as Store), inbox: { ...store.inbox, note } } });
    await trial.post(dialect.sign());
    const startedAt = performance.now();
    await trial.receiver.close();
    expect(performance.now() - startedAt).toBeGreaterThan(4_900);
  }, 9_000);
});

describe("a runtime that ends with the answer", () => {
  it("is kept until what is noted is written", async () => {
    const trial = inboxReceiver();
    const { headers, body } = dialect.sign();
    const kept: Promise<unknown>[] = [];
    const send = () =>
      trial.receiver.handle(
        new Request("http://localhost/", { method: "POST", headers, body: body.slice() }),
        {
          waitUntil: (work) => kept.push(work),
        },
      );
    await send();
    await send();
    await Promise.all(kept);
    const [delivery] = (await trial.inbox.list()).deliveries;
    expect(delivery).toMatchObject({ requests: 2, lastOutcome: "duplicate" });
  });

  it("is kept until a late end is written", async () => {
    const trial = inboxReceiver({ deadlineMs: 40, persist: () => sleep(150) });
    const { headers, body } = dialect.sign();
    const kept: Promise<unknown>[] = [];
    await trial.receiver.handle(
      new Request("http://localhost/", { method: "POST", headers, body: body.slice() }),
      {
        waitUntil: (work) => kept.push(work),
      },
    );
    await Promise.all(kept);
    const [delivery] = (await trial.inbox.list()).deliveries;
    expect(delivery?.state).toBe("done");
  });
});

describe("closing a receiver", () => {
  it("writes what waits", async () => {
    const trial = inboxReceiver();
    await trial.post(dialect.sign());
    await trial.post(dialect.sign());
    await trial.receiver.close();
    const [delivery] = (await trial.inbox.list()).deliveries;
    expect(delivery?.requests).toBe(2);
  });
});
