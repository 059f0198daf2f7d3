import { describe, expect, it } from "vitest";
import { dialects } from "../support/dialects.ts";
import { expectProcessed, trialReceiver } from "../support/trial-receiver.ts";

const duplicate = '{"received":true,"duplicate":true}';

describe.each(dialects)("replays of $name", (dialect) => {
  const make = () => trialReceiver(dialect.makeProvider({ secret: dialect.secrets[0] }));

  it("G67 the same delivery 50 times in a row → 200 each, one call", async () => {
    const trial = make();
    const request = dialect.sign();
    expectProcessed(await trial.post(request), "first");
    for (let time = 1; time < 50; time++) {
      const { status, body } = await trial.post(request);
      expect([status, body]).toEqual([200, duplicate]);
    }
    expect(trial.persisted).toHaveLength(1);
  });

  it("G68 50 at once → 200 or 503, one call", async () => {
    const persist = () => new Promise((resolve) => setTimeout(resolve, 50));
    const trial = trialReceiver(dialect.makeProvider({ secret: dialect.secrets[0] }), { persist, waitMs: 1 });
    const request = dialect.sign();
    const answers = await Promise.all(Array.from({ length: 50 }, () => trial.post(request)));
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
    expect(statuses.filter((status) => status === 503)).toHaveLength(49);
    expect(trial.persisted).toHaveLength(1);
    expect((await trial.post(request)).body).toBe(duplicate);
  });

  it("G68 50 at once that may wait → 200 each, one call", async () => {
    const persist = () => new Promise((resolve) => setTimeout(resolve, 50));
    const trial = trialReceiver(dialect.makeProvider({ secret: dialect.secrets[0] }), { persist });
    const request = dialect.sign();
    const answers = await Promise.all(Array.from({ length: 50 }, () => trial.post(request)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(answers.filter(({ body }) => body === duplicate)).toHaveLength(49);
    expect(trial.persisted).toHaveLength(1);
  });
});
