import { memoryStore } from "@latchhook/core/stores/memory";
import { describe, expect, it } from "vitest";
import { dialect, inboxReceiver } from "../support/inbox-receiver.ts";

const ops = { actor: "ops" };

/** A receiver with so many deliveries that failed, oldest first. */
async function failed(count: number, persist?: (jobId: string) => unknown) {
  const trial = inboxReceiver({ persist: (event) => persist?.(event.job?.id ?? "") });
  trial.fails = new Error("no");
  for (let index = 0; index < count; index++) await trial.post(dialect.sign({ jobId: `job ${index}` }));
  trial.fails = undefined;
  trial.persisted.length = 0;
  return trial;
}

describe("a bulk replay", () => {
  it("runs all that failed or is dead, the oldest first, and tells how far it is", async () => {
    const trial = await failed(7);
    trial.fails = new Error("no");
    await trial.post(dialect.sign({ jobId: "job 7", attempt: 4 }));
    trial.fails = undefined;
    trial.persisted.length = 0;
    const told: number[] = [];
    const result = await trial.inbox.replayAll(
      {},
      { ...ops, onProgress: ({ succeeded }) => told.push(succeeded) },
    );
    expect(result).toEqual({ planned: 8, succeeded: 8, failed: 0, skipped: 0, ended: "all" });
    expect(told).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(trial.persisted.map(({ event }) => event.job?.id)).toEqual(
      Array.from({ length: 8 }, (_, i) => `job ${i}`),
    );
    expect(await trial.inbox.replayAll({}, ops)).toMatchObject({ planned: 0, ended: "all" });
  });

  it("takes what the filter names, and as many as it may", async () => {
    const trial = await failed(6);
    expect(await trial.inbox.replayAll({ search: "job 3" }, ops)).toMatchObject({ planned: 1, succeeded: 1 });
    expect(await trial.inbox.replayAll({ type: "no such" }, ops)).toMatchObject({ planned: 0 });
    expect(await trial.inbox.replayAll({ provider: "other" }, ops)).toMatchObject({ planned: 0 });
    expect(await trial.inbox.replayAll({}, { ...ops, limit: 2 })).toMatchObject({ planned: 2, succeeded: 2 });
    expect(trial.persisted.map(({ event }) => event.job?.id)).toEqual(["job 3", "job 0", "job 1"]);
    expect(await trial.inbox.replayAll({ state: "done" }, ops)).toMatchObject({
      planned: 3,
      skipped: 3,
      succeeded: 0,
    });
  });

  it("runs four at a time", async () => {
    let running = 0;
    let most = 0;
    const trial = await failed(12, async () => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, 10));
      running--;
    });
    most = 0;
    await trial.inbox.replayAll({}, ops);
    expect(most).toBe(4);
  });

  it("stops after ten failures in a row, and not before", async () => {
    const trial = await failed(40);
    trial.fails = new Error("still no");
    const result = await trial.inbox.replayAll({}, ops);
    expect(result).toMatchObject({ planned: 40, succeeded: 0, ended: "failures" });
    expect(result.failed).toBeGreaterThanOrEqual(10);
    expect(result.failed).toBeLessThanOrEqual(13);
    let calls = 0;
    const alternating = await failed(40, () => {
      if (calls++ >= 40 && calls % 2 === 0) throw new Error("every other");
    });
    expect(await alternating.inbox.replayAll({}, ops)).toMatchObject({
      ended: "all",
      failed: 20,
      succeeded: 20,
    });
  });

  it("is cancelled before the next one", async () => {
    const trial = await failed(20);
    const controller = new AbortController();
    const result = await trial.inbox.replayAll(
      {},
      {
        ...ops,
        signal: controller.signal,
        onProgress: ({ succeeded }) => succeeded === 5 && controller.abort(),
      },
    );
    expect(result.ended).toBe("cancelled");
    expect(result.succeeded).toBeLessThanOrEqual(8);
    expect((await trial.inbox.list({ state: "failed" })).deliveries).toHaveLength(20 - result.succeeded);
  });

  it("goes on where whoever is told throws", async () => {
    const trial = await failed(2);
    const onProgress = (): never => {
      throw new Error("no");
    };
    expect(await trial.inbox.replayAll({}, { ...ops, onProgress })).toMatchObject({ succeeded: 2 });
  });

  it("plans at most 1,000, over pages of 500", async () => {
    const store = memoryStore();
    const trial = inboxReceiver({ store });
    trial.fails = new Error("no");
    for (let index = 0; index < 1_000; index++) await trial.post(dialect.sign({ jobId: `job ${index}` }));
    trial.fails = undefined;
    expect(await trial.inbox.replayAll({}, { ...ops, limit: 5_000 })).toMatchObject({
      ...{ planned: 1_000, succeeded: 1_000, ended: "all" },
    });
  }, 60_000);
});

describe("a list", () => {
  it("comes in pages that know where the next begins", async () => {
    const trial = await failed(7);
    const first = await trial.inbox.list({ limit: 3 });
    const second = await trial.inbox.list({ limit: 3, before: first.next ?? 0 });
    const third = await trial.inbox.list({ limit: 3, before: second.next ?? 0 });
    const jobs = [first, second, third].flatMap(({ deliveries }) => deliveries.map(({ jobId }) => jobId));
    expect(jobs).toEqual([6, 5, 4, 3, 2, 1, 0].map((index) => `job ${index}`));
    expect([third.next, (await trial.inbox.list({ limit: 7 })).next]).toEqual([null, null]);
    for (const limit of [0, -1, Number.NaN])
      expect((await trial.inbox.list({ limit })).deliveries.length).toBeGreaterThan(0);
    expect(await trial.inbox.count()).toBe(7);
    expect(await trial.inbox.failures()).toMatchObject([{ failed: 7, error: "no" }]);
    expect(await trial.inbox.tally()).toMatchObject([{ failed: 7, dead: 0 }]);
  });

  it("loses what is dismissed, and a body that is dropped", async () => {
    const trial = await failed(1);
    const { key } = (await trial.only()).delivery;
    expect(await trial.inbox.dropBody(key)).toBe(true);
    expect(await trial.inbox.replay(key, ops)).toEqual({ code: "no-body" });
    expect(await trial.inbox.dismiss(key)).toBe(true);
    expect((await trial.only()).delivery.state).toBe("dismissed");
    expect(await trial.inbox.replayAll({}, ops)).toMatchObject({ planned: 0 });
  });
});
