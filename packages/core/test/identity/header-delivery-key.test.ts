import type { Provider } from "@latchhook/core";
import { aiStats } from "@latchhook/core/providers/ai-stats";
import { type AiStatsMetadata, type SignAiStatsOptions, signAiStats } from "@latchhook/testing";
import { describe, expect, it } from "vitest";
import { expectProcessed, trialReceiver } from "../support/trial-receiver.ts";

const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const duplicate = '{"received":true,"duplicate":true}';

const signAs = (options: Omit<SignAiStatsOptions, "secret">) => signAiStats({ secret, ...options });
const trialOf = (provider: Provider = aiStats({ secret })) => trialReceiver(provider);

describe("a body of AI Stats whose delivery key is only in the headers", () => {
  const bodies = {
    "documented, minimal": {
      id: "evt_123",
      type: "batch.completed",
      data: { id: "batch_123", status: "completed" },
    },
    "without data": { id: "evt_123", type: "batch.completed" },
    "without an id": { type: "batch.completed" },
    empty: {},
  };
  const now = () => Math.floor(Date.now() / 1000);

  describe.each(Object.entries(bodies))("%s", (_name, body) => {
    it("G76 is processed once; the same signature under other delivery keys → no second call", async () => {
      const trial = trialOf();
      const timestamp = now();
      const under = (metadata: AiStatsMetadata | false) => trial.post(signAs({ body, timestamp, metadata }));
      expectProcessed(await under({ deliveryKey: "batch.completed" }), "first");
      const others = [
        false,
        {},
        { deliveryKey: "other" },
        { deliveryKey: "batch.completed" },
        { deliveryKey: "x" },
      ] as const;
      for (const metadata of others) {
        const answer = await under(metadata);
        expect([metadata, answer.status, answer.body]).toEqual([metadata, 200, duplicate]);
      }
      expect(trial.persisted).toHaveLength(1);
    });

    it("G76 the signature in upper case is the same signature", async () => {
      const trial = trialOf();
      const signed = signAs({ body, metadata: { deliveryKey: "one" } });
      expectProcessed(await trial.post(signed), "first");
      const name = "x-ai-stats-signature";
      const shouted = {
        ...signed,
        headers: {
          ...signed.headers,
          [name]: (signed.headers[name] as string).toUpperCase(),
          "x-ai-stats-delivery-key": "two",
        },
      };
      expect((await trial.post(shouted)).body).toBe(duplicate);
      expect(trial.persisted).toHaveLength(1);
    });

    it("G76 the next attempt, signed anew under the same delivery key → duplicate", async () => {
      const trial = trialOf();
      const metadata = { deliveryKey: "batch.completed" };
      expectProcessed(await trial.post(signAs({ body, timestamp: now() - 60, metadata })), "first");
      const retry = await trial.post(signAs({ body, timestamp: now(), metadata }));
      expect(retry.body).toBe(duplicate);
      // The retry's own signature is spent as well, though nothing ran under it.
      const replay = await trial.post(
        signAs({ body, timestamp: now(), metadata: { deliveryKey: "forged" } }),
      );
      expect(replay.body).toBe(duplicate);
      expect(trial.persisted).toHaveLength(1);
    });

    it("G76 one signature at once under 20 delivery keys → one call", async () => {
      const persist = () => new Promise((resolve) => setTimeout(resolve, 30));
      const trial = trialReceiver(aiStats({ secret }), { persist });
      const timestamp = now();
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          trial.post(signAs({ body, timestamp, metadata: { deliveryKey: `key_${index}` } })),
        ),
      );
      for (const { status } of answers) expect([200, 503]).toContain(status);
      expect(trial.persisted).toHaveLength(1);
    });

    it("G76 a callback that failed runs again under the same signature", async () => {
      let calls = 0;
      const persist = () => {
        if (++calls === 1) throw new Error("the database is away");
      };
      const trial = trialReceiver(aiStats({ secret }), { persist });
      const signed = signAs({ body, metadata: { deliveryKey: "batch.completed" } });
      expect((await trial.post(signed)).status).toBe(500);
      expectProcessed(await trial.post(signed), "again");
      expect((await trial.post(signed)).body).toBe(duplicate);
      expect(trial.persisted).toHaveLength(2);
    });
  });
});

describe("a body of AI Stats that is vouched for, and came without headers", () => {
  const deliver = async (trial: ReturnType<typeof trialOf>, body: object) => {
    const trusted = await trial.receiver.trust({
      body: new TextEncoder().encode(JSON.stringify(body)),
      source: "replay",
    });
    if (!trusted.ok) throw new Error(trusted.reason);
    return (await trial.receiver.deliver(trusted)).code;
  };

  it("is its own delivery: there is no signature that two could share", async () => {
    const trial = trialOf();
    const [first, second] = [
      { id: "evt_1", type: "batch.completed" },
      { id: "evt_2", type: "batch.completed" },
    ];
    expect(await deliver(trial, first)).toBe("processed");
    expect(await deliver(trial, second)).toBe("processed");
    expect(await deliver(trial, first)).toBe("duplicate");
    expect(trial.persisted).toHaveLength(2);
  });
});
