import type { Store } from "@latchhook/core";
import { github } from "@latchhook/core/providers/github";
import { memoryStore } from "@latchhook/core/stores/memory";
import { senders } from "@latchhook/testing";
import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { stateOf } from "../support/held-delivery.ts";
import { dialect, inboxReceiver, type provider, until } from "../support/inbox-receiver.ts";

const ops = { actor: "ops" };
const forced = { actor: "ops", force: true };

/** A receiver whose only delivery failed, and would succeed now. */
async function failedOnce(options: Parameters<typeof inboxReceiver>[0] = {}, request = dialect.sign()) {
  const trial = inboxReceiver(options);
  trial.fails = new Error("no");
  await trial.post(request);
  trial.fails = undefined;
  const { delivery } = await trial.only();
  return { ...trial, only: trial.only, key: delivery.key, request, trial };
}

afterEach(() => {
  vi.useRealTimers();
});

describe("a replay", () => {
  it("runs a failed delivery once, from the bytes that came, and says who asked", async () => {
    const { trial, key, request } = await failedOnce();
    expect(await trial.inbox.replay(key, ops)).toMatchObject({ code: "processed", source: "replay", key });
    expect(trial.persisted).toHaveLength(2);
    const [first, second] = trial.persisted;
    expect(second?.event).toEqual(first?.event);
    expect(second?.delivery).toMatchObject({
      ...{ key, attempt: 1, receivedAt: first?.delivery.receivedAt, rawBody: request.body },
      replay: { actor: "ops", at: expect.any(Date), forced: false },
    });
    expect(first?.delivery.replay).toBeNull();
    const { delivery, attempts } = await trial.only();
    expect(delivery).toMatchObject({ state: "done", requests: 1, replays: 1, runs: 2, hasBody: false });
    expect(attempts).toMatchObject([
      { actor: null },
      { source: "replay", actor: "ops", outcome: "processed" },
    ]);
    expect((await trial.post(request)).body, "the sender's own retry").toContain("duplicate");
    expect(trial.persisted).toHaveLength(2);
  });

  it("that fails leaves the delivery as failed, and its body", async () => {
    const { trial, key } = await failedOnce();
    trial.fails = new RangeError("still not");
    expect(await trial.inbox.replay(key, ops)).toMatchObject({ code: "persist-failed" });
    expect((await trial.only()).delivery).toMatchObject({
      state: "failed",
      error: "still not",
      hasBody: true,
    });
    trial.fails = undefined;
    expect(await trial.inbox.replay(key, ops)).toMatchObject({ code: "processed" });
  });

  it("of what is done is refused; with force it runs once more, marked", async () => {
    const trial = inboxReceiver({ inbox: { body: "all" } });
    await trial.post(dialect.sign());
    const { key } = (await trial.only()).delivery;
    expect(await trial.inbox.replay(key, ops)).toEqual({ code: "already-done" });
    expect(trial.persisted).toHaveLength(1);
    expect(await trial.inbox.replay(key, forced)).toMatchObject({ code: "processed" });
    expect(trial.persisted[1]?.delivery.replay).toMatchObject({ forced: true });
    expect((await trial.only()).delivery).toMatchObject({ state: "done", replays: 1, runs: 2 });
    expect((await trial.post(dialect.sign())).body).toContain("duplicate");
  });

  it("that is forced twice at once runs once", async () => {
    const trial = inboxReceiver({
      inbox: { body: "all" },
      persist: () => new Promise((resolve) => setTimeout(resolve, 60)),
    });
    await trial.post(dialect.sign());
    const { key } = (await trial.only()).delivery;
    const outcomes = await Promise.all([trial.inbox.replay(key, forced), trial.inbox.replay(key, forced)]);
    expect(outcomes.map(({ code }) => code).sort()).toEqual(["duplicate", "processed"]);
    expect(trial.persisted).toHaveLength(2);
  });

  it("fences the holder off that it has reopened", async () => {
    const store = memoryStore();
    const held = store.claim("k".repeat(64), { owner: "o", leaseMs: 1_000, retainMs: 1_000 });
    if (held.state !== "claimed") throw new Error("It is not.");
    const claim = { key: "k".repeat(64), owner: "o", fence: held.fence };
    store.complete(claim, { retainMs: 1_000 });
    store.reopen(claim.key, { owner: "p", leaseMs: 1_000, retainMs: 1_000 });
    expect([store.complete(claim, { retainMs: 1_000 }), store.fail(claim)]).toEqual(["lost", "lost"]);
  });

  it.each([
    ["not-found", async () => inboxReceiver(), "f".repeat(64)],
    ["no-body", async () => (await failedOnce({ inbox: { body: "none" } })).trial, undefined],
  ] as const)("is refused as %s", async (code, make, key) => {
    const trial = await make();
    expect(await trial.inbox.replay(key ?? (await trial.only()).delivery.key, ops)).toEqual({ code });
  });

  it("of another scope's delivery is not found", async () => {
    const store = memoryStore();
    const { key } = await failedOnce({ store, scope: "one" });
    const other = inboxReceiver({ store, scope: "two" });
    expect(await other.inbox.replay(key, ops)).toEqual({ code: "not-found" });
    expect(await other.inbox.get(key)).toBeNull();
    expect([await other.inbox.dismiss(key), await other.inbox.dropBody(key)]).toEqual([false, false]);
    expect((await other.inbox.list({ scope: "one" })).deliveries).toEqual([]);
    expect(await other.inbox.count({ scope: "one" })).toBe(0);
  });

  it("of what was kept in another form is unreadable, and runs nothing", async () => {
    const store = memoryStore();
    const { trial, key } = await failedOnce({ store });
    for (const body of [new Uint8Array(), Uint8Array.of(9, 9, 9), Uint8Array.of(1, 255, 255, 255, 255, 1)]) {
      const { find } = store.inbox;
      const broken = { ...store.inbox, find: (one: string) => ({ ...(find(one) as object), body }) as never };
      const other = inboxReceiver({ store: { ...(store as Store), inbox: broken } });
      expect(await other.inbox.replay(key, ops)).toEqual({ code: "unreadable" });
      expect(await other.inbox.get(key)).toMatchObject({ body: null, redacted: null });
    }
    expect(trial.persisted).toHaveLength(1);
  });

  it("after close is refused", async () => {
    const { trial, key } = await failedOnce();
    await trial.receiver.close();
    expect(await trial.inbox.replay(key, ops)).toMatchObject({ code: "shutting-down" });
  });

  it("judges freshness as it was at the receipt", async () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    const { trial, key } = await failedOnce();
    vi.setSystemTime(Date.now() + 5 * 86_400_000);
    expect(await trial.inbox.replay(key, ops)).toMatchObject({ code: "processed" });
  });

  it("takes the receipt of the attempt whose body it has", async () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    const { trial, key } = await failedOnce();
    vi.setSystemTime(Date.now() + 1_200_000);
    trial.fails = new Error("no");
    await trial.post(dialect.sign({ attempt: 2 }));
    trial.fails = undefined;
    expect(await trial.inbox.replay(key, ops)).toMatchObject({ code: "processed", attempt: 2 });
    expect(trial.persisted.at(-1)?.delivery.receivedAt).toEqual(trial.persisted[1]?.delivery.receivedAt);
  });

  it("that fails does not bring a dead delivery to life", async () => {
    const { trial, key } = await failedOnce({}, dialect.sign({ attempt: 4 }));
    trial.fails = new Error("no");
    await trial.inbox.replay(key, ops);
    expect((await trial.only()).delivery.state).toBe("dead");
  });
});

describe("a replay beside the sender's own retry", () => {
  it("has one effect, whichever comes first", async () => {
    for (let round = 0; round < 25; round++) {
      const { trial, key, request } = await failedOnce();
      const [answer, outcome] = await Promise.all(
        round % 2 === 0
          ? [trial.post(request), trial.inbox.replay(key, ops)]
          : [trial.inbox.replay(key, ops), trial.post(request)].reverse(),
      );
      expect(trial.persisted).toHaveLength(2);
      expect([answer, outcome].every((one) => one !== undefined)).toBe(true);
      expect((await trial.only()).delivery).toMatchObject({ state: "done", runs: 2 });
    }
  });

  it("waits for one in flight, and is then a duplicate", async () => {
    let finish: (() => void) | undefined;
    const { trial, key, request } = await failedOnce({
      persist: () => (finish === undefined ? undefined : new Promise<void>((resolve) => (finish = resolve))),
    });
    finish = () => {};
    const placeholder = finish;
    const answer = trial.post(request);
    await until(() => finish !== placeholder);
    const outcome = trial.inbox.replay(key, ops);
    finish?.();
    expect((await answer).status).toBe(200);
    expect(await outcome).toMatchObject({ code: "duplicate" });
  });

  it("and any number of both, in any order: it is done exactly if one succeeded, and never runs again", async () => {
    const step = fc.record({
      by: fc.constantFrom("sender" as const, "replay" as const),
      succeeds: fc.boolean(),
      together: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 8 }), async (steps) => {
        let succeeded = 0;
        let ran = 0;
        const queue = [false, ...steps.map(({ succeeds }) => succeeds)];
        const trial = inboxReceiver({
          async persist() {
            const succeeds = queue[ran++] ?? true;
            await Promise.resolve();
            if (!succeeds) throw new Error("no");
            succeeded++;
          },
        });
        const request = dialect.sign();
        await trial.post(request);
        const { key } = (await trial.only()).delivery;
        let pending: Promise<unknown>[] = [];
        for (const { by, together } of steps) {
          pending.push(by === "sender" ? trial.post(request) : trial.inbox.replay(key, ops));
          if (together) continue;
          await Promise.all(pending);
          pending = [];
        }
        await Promise.all(pending);
        const { delivery } = await trial.only();
        expect(succeeded).toBeLessThanOrEqual(1);
        expect(delivery.state).toBe(succeeded === 1 ? "done" : "failed");
        expect(delivery.runs).toBe(ran);
      }),
      { numRuns: 60 },
    );
  });
});

describe("a replay of every sender's delivery", () => {
  it.each(senders)("is read as it was when it came: $name", async (sender) => {
    const from = sender.makeProvider({ secret: sender.secrets[0] });
    const trial = inboxReceiver({}, from as typeof provider);
    trial.fails = new Error("no");
    await trial.post(sender.sign());
    trial.fails = undefined;
    const { key } = (await trial.only()).delivery;
    expect(await trial.inbox.replay(key, ops)).toMatchObject({ code: "processed", key });
    const [first, second] = trial.persisted;
    expect(second?.event).toEqual(first?.event);
    const signature = new Map(second?.delivery.headers).get(sender.signatureHeader) ?? "";
    expect(signature, "that it was there is all that is kept of it").toBe("");
  });

  it("keeps the name of an event that is in a header", async () => {
    const sender = senders.find(({ name }) => name === "github");
    if (sender === undefined) throw new Error("GitHub is gone.");
    const trial = inboxReceiver({}, github({ secret: sender.secrets[0] }) as typeof provider);
    trial.fails = new Error("no");
    await trial.post(sender.sign());
    trial.fails = undefined;
    await trial.inbox.replay((await trial.only()).delivery.key, ops);
    expect(trial.persisted[1]?.event.type).toBe(trial.persisted[0]?.event.type);
    expect(trial.persisted[0]?.event.type).not.toBe("");
  });
});

describe("a replay where the identity rests on an unsigned header", () => {
  const body = JSON.stringify({
    type: "video.completed",
    created_at: Math.floor(Date.now() / 1_000),
    data: {},
  });

  async function minimal(inbox: object = {}) {
    const store = memoryStore();
    const signed = dialect.sign({ body });
    const request = { ...signed, headers: { ...signed.headers, "x-ai-stats-delivery-key": "one" } };
    return { ...(await failedOnce({ store, inbox }, request)), store };
  }

  it("has the delivery's key, not another that its body alone would have", async () => {
    const { trial, key } = await minimal();
    expect(await trial.inbox.replay(key, ops)).toMatchObject({ code: "processed", key });
    expect(trial.persisted[1]?.event.id).toBe(trial.persisted[0]?.event.id);
  });

  it("seals the signature: the captured request cannot run under another header", async () => {
    const { trial, key, request } = await minimal();
    await trial.inbox.replay(key, ops);
    const captured = { ...request, headers: { ...request.headers, "x-ai-stats-delivery-key": "two" } };
    expect((await trial.post(captured)).body).toContain("duplicate");
    expect(trial.persisted).toHaveLength(2);
  });

  it("is not blocked by its own signature, which is done as well", async () => {
    const { trial, key } = await minimal({ body: "all" });
    await trial.inbox.replay(key, ops);
    expect(await trial.inbox.replay(key, forced)).toMatchObject({ code: "processed" });
    expect(trial.persisted).toHaveLength(3);
  });

  it("is not blocked by a captured request that ran under another header", async () => {
    const { trial, key, request, store } = await minimal();
    await trial.post({ ...request, headers: { ...request.headers, "x-ai-stats-delivery-key": "two" } });
    expect(trial.persisted).toHaveLength(2);
    expect(await trial.inbox.replay(key, ops)).toMatchObject({ code: "processed" });
    expect(await stateOf(store, key)).toBe("completed");
  });
});
