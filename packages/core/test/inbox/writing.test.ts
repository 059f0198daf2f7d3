import { memoryStore } from "@latchhook/core/stores/memory";
import { describe, expect, it } from "vitest";
import { dialects } from "../support/dialects.ts";
import { type TrialReceiver, trialReceiver } from "../support/trial-receiver.ts";

const dialect = dialects[0] as (typeof dialects)[number];
const provider = dialect.makeProvider({ secret: dialect.secrets[0] });

type Options = Parameters<typeof trialReceiver>[1];

function recorded(options: Options = {}): TrialReceiver {
  return trialReceiver(provider, { inbox: {}, store: memoryStore(), ...options });
}

/** The receiver's inbox, with all that was noted written. */
async function inboxOf({ receiver }: TrialReceiver) {
  const { inbox } = receiver;
  if (inbox === undefined) throw new Error("There is no inbox.");
  await inbox.flush();
  return inbox;
}

async function onlyDelivery(trial: TrialReceiver) {
  const inbox = await inboxOf(trial);
  const { deliveries } = await inbox.list();
  expect(deliveries).toHaveLength(1);
  const details = await inbox.get((deliveries[0] as { key: string }).key);
  if (details === null) throw new Error("It is not there.");
  return details;
}

describe("what a receiver writes to its inbox", () => {
  it("is a delivery that is done, without its body", async () => {
    const trial = recorded();
    await trial.post(dialect.sign());
    const { delivery, attempts, body, redacted } = await onlyDelivery(trial);
    expect(delivery).toMatchObject({ state: "done", requests: 1, runs: 1, replays: 0, hasBody: false });
    expect(attempts).toMatchObject([
      { source: "http", outcome: "processed", status: 200, claimAttempt: 1, late: false, error: null },
    ]);
    expect([body, redacted]).toEqual([null, null]);
  });

  it("is a failure with its error, its place and its body, which goes with its success", async () => {
    let fails = true;
    const trial = recorded({
      persist() {
        if (fails) throw new TypeError("no such\ntable: videos");
      },
    });
    const request = dialect.sign();
    await trial.post(request);
    const failed = await onlyDelivery(trial);
    expect(failed.delivery).toMatchObject({
      state: "failed",
      errorName: "TypeError",
      error: "no such table: videos",
      errorFrame: expect.stringMatching(/writing\.test\.ts:\d+:\d+$/),
      hasBody: true,
    });
    expect(failed.body).toEqual(request.body);
    fails = false;
    await trial.post(request);
    const done = await onlyDelivery(trial);
    expect(done.delivery).toMatchObject({ state: "done", requests: 2, runs: 2, error: null, hasBody: false });
  });

  it("is replayed from what was kept", async () => {
    let fails = true;
    const trial = recorded({
      persist() {
        if (fails) throw new Error("no");
      },
    });
    await trial.post(dialect.sign());
    fails = false;
    const { delivery } = await onlyDelivery(trial);
    const inbox = await inboxOf(trial);
    expect(await inbox.replay(delivery.key, { actor: "ops" })).toMatchObject({
      code: "processed",
      source: "replay",
    });
    expect(trial.persisted.at(-1)?.delivery.replay).toMatchObject({ actor: "ops", forced: false });
    const after = await onlyDelivery(trial);
    expect(after.delivery).toMatchObject({ state: "done", replays: 1 });
    expect(after.attempts).toMatchObject([{ actor: null }, { source: "replay", actor: "ops" }]);
    expect(await inbox.replay(delivery.key, { actor: "ops" })).toEqual({ code: "already-done" });
  });

  it("of a refusal is a count", async () => {
    const trial = recorded();
    const { body, headers } = dialect.sign();
    await trial.post({ headers, body: new TextEncoder().encode("{}") });
    const inbox = await inboxOf(trial);
    expect((await inbox.list()).deliveries).toEqual([]);
    expect(await inbox.counts(0)).toMatchObject([
      { outcome: "unauthentic", reason: "signature-mismatch", bucketMs: 0, secretIndex: -1, count: 1 },
    ]);
    expect(body.byteLength).toBeGreaterThan(2);
  });

  it("of a duplicate is an attempt more", async () => {
    const trial = recorded();
    const request = dialect.sign();
    await trial.post(request);
    await trial.post(request);
    const { delivery, attempts } = await onlyDelivery(trial);
    expect(delivery).toMatchObject({ state: "done", requests: 2, runs: 1 });
    expect(attempts.map(({ outcome }) => outcome)).toEqual(["processed", "duplicate"]);
  });
});
