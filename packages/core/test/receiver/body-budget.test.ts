import type { BodyLimits, BodyResult } from "@latchhook/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createBodyBudget } from "../../src/receiver/body-budget.ts";
import { dialects } from "../support/dialects.ts";
import { expectProcessed, trialReceiver } from "../support/trial-receiver.ts";

const dialect = dialects[0] as (typeof dialects)[number];
const provider = dialect.makeProvider({ secret: dialect.secrets[0] });
const kibibyte = 1_024;

describe("the budget of bytes in flight", () => {
  it("is never exceeded by bodies above 64 KiB, and empty again once all have ended", () => {
    const steps = fc.array(
      fc.record({ request: fc.nat(9), length: fc.nat(200 * kibibyte), ends: fc.boolean() }),
    );
    fc.assert(
      fc.property(steps, (taken) => {
        const budget = createBodyBudget(256 * kibibyte);
        const accounts = Array.from({ length: 10 }, () => budget.open());
        const held = accounts.map(() => 0);
        for (const { request, length, ends } of taken) {
          const before = held.reduce((sum, bytes) => sum + bytes, 0) - (held[request] as number);
          const admitted = accounts[request]?.admit(length);
          expect(admitted).toBe(length <= 64 * kibibyte || before + length <= 256 * kibibyte);
          if (admitted) held[request] = length;
          if (!ends) continue;
          accounts[request]?.release();
          held[request] = 0;
        }
        for (const account of accounts) account.release();
        expect(budget.open().admit(256 * kibibyte)).toBe(true);
      }),
    );
  });

  const small = dialect.sign();
  const large = dialect.sign({ body: JSON.stringify({ filler: "x".repeat(200 * kibibyte) }) });

  function receive(trial: ReturnType<typeof trialReceiver>, { headers, body }: typeof small) {
    const readBody = async ({ admit }: BodyLimits): Promise<BodyResult> =>
      admit?.(body.byteLength) === false ? { ok: false, reason: "overloaded" } : { ok: true, bytes: body };
    return trial.receiver.receive({ method: "POST", headers, readBody });
  }

  it("a large body beyond it is answered 503 with Retry-After, a small one is processed all the same", async () => {
    let finish = () => {};
    const held = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const trial = trialReceiver(provider, { maxBytesInFlight: 250 * kibibyte, persist: () => held });
    const first = receive(trial, large);
    const refused = await receive(trial, large);
    expect(refused).toMatchObject({ status: 503, body: '{"error":"busy"}' });
    expect(refused.headers["retry-after"]).toBeDefined();
    expect(trial.outcomes).toMatchObject([{ code: "overloaded" }]);
    const honest = receive(trial, small);
    finish();
    expectProcessed(await first, "large");
    expectProcessed(await honest, "small");
    expect((await receive(trial, large)).body).toContain("duplicate");
  });

  it("what was refused or failed holds nothing", async () => {
    const trial = trialReceiver(provider, {
      maxBytesInFlight: 250 * kibibyte,
      persist() {
        throw new Error("no");
      },
    });
    const forged = { ...large, headers: dialect.sign({ secret: dialect.secrets[1] }).headers };
    for (let times = 0; times < 5; times++) {
      expect((await receive(trial, forged)).status).toBe(401);
      expect((await receive(trial, large)).status).toBe(500);
    }
  });
});
