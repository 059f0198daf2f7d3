import { memoryStore } from "@latchhook/core/stores/memory";
import { describe, expect, it } from "vitest";
import { dialects } from "../support/dialects.ts";
import { connectionLost, faultyStore } from "../support/faulty-store.ts";
import { expectProcessed, trialReceiver } from "../support/trial-receiver.ts";

const unavailable = '{"error":"unavailable"}';

// The store sees keys only, whoever sent: a timestamped sender and one without stand for all.
describe.each(dialects.slice(2))("a store that fails under $name", (dialect) => {
  const provider = dialect.makeProvider({ secret: dialect.secrets[0] });

  it.each([
    ["throws", connectionLost],
    ["rejects", async () => connectionLost()],
  ])("H83 a claim that %s → 503, no call; the retry runs", async (_way, fail) => {
    const { store, intercept, restore } = faultyStore();
    intercept("claim", fail);
    const trial = trialReceiver(provider, { store });
    const answer = await trial.post(dialect.sign());
    expect([answer.status, answer.body]).toEqual([503, unavailable]);
    expect(answer.headers["retry-after"]).toMatch(/^\d+$/);
    expect(trial.persisted).toHaveLength(0);
    expect(trial.outcomes[0]?.code).toBe("store-unavailable");
    restore("claim");
    expectProcessed(await trial.post(dialect.sign()), "the retry");
  });

  it("H85 complete that fails to the end → 503, then the retry runs again", async () => {
    const { store, intercept, restore } = faultyStore();
    intercept("complete", connectionLost);
    const trial = trialReceiver(provider, { store, leaseMs: 500 });
    const answer = await trial.post(dialect.sign());
    expect([answer.status, answer.body]).toEqual([503, unavailable]);
    expect(trial.outcomes[0]?.code).toBe("store-unavailable");
    restore("complete");
    expectProcessed(await trial.post(dialect.sign()), "the retry, once the lease is out");
    expect(trial.persisted).toHaveLength(2);
  });

  it("complete that fails for a moment → 200", async () => {
    const { store, intercept } = faultyStore();
    let times = 0;
    intercept("complete", (complete) => (++times <= 2 ? connectionLost() : complete()));
    const trial = trialReceiver(provider, { store });
    expectProcessed(await trial.post(dialect.sign()), "tried again");
    expect((await trial.post(dialect.sign())).body).toContain("duplicate");
    expect(trial.persisted).toHaveLength(1);
  });

  it("complete whose reply is lost → 200, for it may be repeated", async () => {
    const { store, intercept } = faultyStore();
    let times = 0;
    intercept("complete", (complete) => {
      complete();
      return ++times === 1 ? connectionLost() : complete();
    });
    const trial = trialReceiver(provider, { store });
    expectProcessed(await trial.post(dialect.sign()), "reply lost");
    expect(trial.persisted).toHaveLength(1);
  });

  it("complete that says lost → 503, never 2xx", async () => {
    const { store, intercept } = faultyStore();
    intercept("complete", () => "lost");
    const trial = trialReceiver(provider, { store });
    expect((await trial.post(dialect.sign())).status).toBe(503);
    expect(trial.outcomes[0]?.code).toBe("lease-lost");
  });

  it("fail that fails → 500 all the same; the retry runs once the lease is out", async () => {
    const { store, intercept } = faultyStore();
    intercept("fail", connectionLost);
    let calls = 0;
    const persist = () => {
      if (++calls === 1) throw new Error("the database is away");
    };
    const trial = trialReceiver(provider, { store, persist, leaseMs: 300 });
    expect((await trial.post(dialect.sign())).status).toBe(500);
    expectProcessed(await trial.post(dialect.sign()), "the retry waited for the lease");
  });

  it("H99 a full store → 503, no call; a duplicate is still known", async () => {
    const store = memoryStore({ maxEntries: 1 });
    const trial = trialReceiver(provider, { store });
    const [first, second] = [dialect.sign(), dialect.sign({ body: '{"another":"delivery"}', id: "msg_2" })];
    expectProcessed(await trial.post(first), "fits");
    const answer = await trial.post(second);
    expect([answer.status, answer.body]).toEqual([503, unavailable]);
    expect(trial.outcomes[1]?.code).toBe("store-full");
    expect((await trial.post(first)).body).toContain("duplicate");
    expect(trial.persisted).toHaveLength(1);
  });

  it("a store that was closed → 503", async () => {
    const store = memoryStore();
    const trial = trialReceiver(provider, { store });
    store.close();
    expect((await trial.post(dialect.sign())).status).toBe(503);
  });
});

describe("H84 the reply to a claim is lost", () => {
  const dialect = dialects[0] as (typeof dialects)[number];

  it("503; the retry is locked out no longer than the lease", async () => {
    const { store, intercept, restore } = faultyStore();
    intercept("claim", (claim) => {
      claim();
      return connectionLost();
    });
    const trial = trialReceiver(dialect.makeProvider({ secret: dialect.secrets[0] }), {
      store,
      leaseMs: 300,
    });
    expect((await trial.post(dialect.sign())).status).toBe(503);
    restore("claim");
    expectProcessed(await trial.post(dialect.sign()), "the retry waits for the lease");
    expect(trial.persisted).toHaveLength(1);
  });
});

describe("two claims of one delivery", () => {
  const dialect = dialects[0] as (typeof dialects)[number];
  // A body whose delivery key is unsigned: its signature is claimed as a second key.
  const request = dialect.sign({ body: { type: "video.completed", id: "evt_1" } });
  const provider = dialect.makeProvider({ secret: dialect.secrets[0] });

  it("are both completed, the delivery's own first", async () => {
    const trial = trialReceiver(provider);
    expectProcessed(await trial.post(request), "first");
    expect(trial.storeCalls).toEqual(["claim", "claim", "complete", "complete"]);
  });

  it("are both given back when persist fails", async () => {
    const persist = () => {
      throw new Error("the database is away");
    };
    const trial = trialReceiver(provider, { persist });
    expect((await trial.post(request)).status).toBe(500);
    expect(trial.storeCalls).toEqual(["claim", "claim", "fail", "fail"]);
  });

  it("the first is given back when the store fails at the second → 503; the retry runs at once", async () => {
    const { store, intercept, restore } = faultyStore();
    let claims = 0;
    intercept("claim", (claim) => (++claims === 2 ? connectionLost() : claim()));
    const trial = trialReceiver(provider, { store, leaseMs: 30_000, waitMs: 100 });
    expect((await trial.post(request)).status).toBe(503);
    restore("claim");
    expectProcessed(await trial.post(request), "the retry");
  });
});
