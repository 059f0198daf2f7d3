import { createReceiver, type Outcome, type Trusted, type WebhookEvent } from "@latchhook/core";
import { memoryStore } from "@latchhook/core/stores/memory";
import { describe, expect, it } from "vitest";
import { dialects } from "../support/dialects.ts";
import { trialReceiver } from "../support/trial-receiver.ts";

describe.each(dialects)("deliver() of what $name would have sent", (dialect) => {
  const provider = dialect.makeProvider({ secret: dialect.secrets[0] });

  async function trusted(trial: ReturnType<typeof trialReceiver>): Promise<Trusted> {
    const { body, headers } = dialect.sign();
    const reading = await trial.receiver.trust({ body, headers, source: "reconcile" });
    if (!reading.ok) throw new Error(reading.reason);
    return reading;
  }

  it("is processed once, and the webhook that comes after it is a duplicate", async () => {
    const trial = trialReceiver(provider);
    const outcome = await trial.receiver.deliver(await trusted(trial));
    expect(outcome).toMatchObject({ code: "processed", source: "reconcile", secretIndex: null, path: null });
    expect((await trial.receiver.deliver(await trusted(trial))).code).toBe("duplicate");
    expect((await trial.post(dialect.sign())).body).toContain("duplicate");
    expect(trial.persisted).toHaveLength(1);
    expect(trial.outcomes.map(({ code, source }) => [code, source])).toEqual([
      ["processed", "reconcile"],
      ["duplicate", "reconcile"],
      ["duplicate", "http"],
    ]);
  });

  it("is a duplicate of the webhook that came before it", async () => {
    const trial = trialReceiver(provider);
    await trial.post(dialect.sign());
    const outcome = await trial.receiver.deliver(await trusted(trial));
    expect(outcome.code).toBe("duplicate");
    expect(outcome.key).toBe(trial.outcomes[0]?.key);
  });

  it("a failure is an outcome, and leaves it to be delivered again", async () => {
    let calls = 0;
    const trial = trialReceiver(provider, {
      persist() {
        if (++calls === 1) throw new Error("no");
      },
    });
    expect(await trial.receiver.deliver(await trusted(trial))).toMatchObject({
      code: "persist-failed",
      error: new Error("no"),
    });
    expect((await trial.receiver.deliver(await trusted(trial))).code).toBe("processed");
  });

  it("has no deadline: it resolves when the callback has ended", async () => {
    const trial = trialReceiver(provider, {
      deadlineMs: 50,
      persist: () => new Promise((resolve) => setTimeout(resolve, 200)),
    });
    expect((await trial.receiver.deliver(await trusted(trial))).code).toBe("processed");
  });

  it("of what cannot be read is a refusal, and nothing is claimed", async () => {
    const trial = trialReceiver(provider);
    const body = new TextEncoder().encode("[1]");
    const { headers } = dialect.sign({ body: "[1]" });
    expect(await trial.receiver.trust({ body, headers, source: "reconcile" })).toMatchObject({
      ok: false,
      kind: "malformed",
    });
    expect(trial.storeCalls).toEqual([]);
  });

  it("after close is refused, and close waits for one in flight", async () => {
    let ended = false;
    const trial = trialReceiver(provider, {
      async persist() {
        await new Promise((resolve) => setTimeout(resolve, 100));
        ended = true;
      },
    });
    const delivery = await trusted(trial);
    const running = trial.receiver.deliver(delivery);
    await trial.receiver.close();
    expect(ended).toBe(true);
    expect((await running).code).toBe("processed");
    expect((await trial.receiver.deliver(delivery)).code).toBe("shutting-down");
  });
});

describe("a provider whose verify throws", () => {
  const dialect = dialects[0] as (typeof dialects)[number];
  const provider = dialect.makeProvider({ secret: dialect.secrets[0] });

  it("is an internal error, not a secret that is unavailable", async () => {
    const broken = {
      ...provider,
      verify(): never {
        throw new TypeError("a bug");
      },
    };
    const trial = trialReceiver(broken);
    expect((await trial.post(dialect.sign())).status).toBe(500);
    expect(trial.outcomes).toMatchObject([{ code: "internal-error" }]);
  });
});

describe("an outcome", () => {
  it("narrows by its code", () => {
    const read = (outcome: Outcome): string => {
      if (outcome.code === "unauthentic") return outcome.reason satisfies string;
      if (outcome.code === "body-consumed") return outcome.mend;
      if (outcome.code === "processed" || outcome.code === "duplicate") return outcome.key;
      if (outcome.code === "in-flight") return String(outcome.retryAfterMs + 1);
      return outcome.eventId ?? outcome.code;
    };
    const receiver = createReceiver<WebhookEvent>({
      provider: (dialects[0] as (typeof dialects)[number]).makeProvider({ secret: "s".repeat(32) }),
      store: memoryStore(),
      persist() {},
      onOutcome: read,
    });
    expect(receiver).toBeDefined();
  });
});
