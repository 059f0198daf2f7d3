import { inspect } from "node:util";
import { describe, expect, it, vi } from "vitest";
import { dialects } from "../support/dialects.ts";
import { expectProcessed, trialReceiver } from "../support/trial-receiver.ts";

const failed = '{"error":"failed"}';

/** What a callback can throw. */
const thrown: readonly unknown[] = [
  new Error("the database is away"),
  new TypeError("x is not a function", { cause: new Error("deeper") }),
  Object.freeze(new Error("frozen")),
  "a string",
  "",
  undefined,
  null,
  0,
  false,
  Symbol("symbol"),
  { code: "store-unavailable" },
  Object.create(null),
  [],
  () => {},
];

const ways: Readonly<Record<string, (error: unknown) => unknown>> = {
  synchronously: (error) => {
    throw error;
  },
  asynchronously: async (error) => {
    throw error;
  },
  later: (error) => new Promise((_resolve, reject) => setTimeout(() => reject(error), 5)),
};

describe.each(dialects)("persist of $name", (dialect) => {
  describe.each(Object.entries(ways))("H91 that throws %s", (_way, fail) => {
    it.each(thrown.map((error) => [inspect(error).split("\n")[0], error]))(
      "%s → 500, and the next attempt runs at once",
      async (_what, error) => {
        vi.spyOn(console, "error").mockImplementation(() => {});
        let calls = 0;
        const persist = () => (++calls === 1 ? fail(error) : undefined);
        const trial = trialReceiver(dialect.makeProvider({ secret: dialect.secrets[0] }), { persist });
        const answer = await trial.post(dialect.sign());
        expect([answer.status, answer.body]).toEqual([500, failed]);
        expect(trial.outcomes[0]).toMatchObject({ code: "persist-failed", claimAttempt: 1 });
        expect(trial.outcomes[0]?.error).toBe(error);

        expectProcessed(await trial.post(dialect.sign()), "the next attempt");
        expect(trial.outcomes[1]).toMatchObject({ code: "processed", claimAttempt: 2 });
        expect((await trial.post(dialect.sign())).body).toContain("duplicate");
        expect(trial.persisted).toHaveLength(2);
      },
    );
  });
});

describe("what persist is given", () => {
  const dialect = dialects[3] as (typeof dialects)[number];

  it("counts its own attempts, and the last, where the sender signs none", async () => {
    const seen: unknown[] = [];
    const trial = trialReceiver(dialect.makeProvider({ secret: dialect.secrets[0] }), {
      persist: (_event, { attempt, maxAttempts, lastAttempt }) => {
        seen.push({ attempt, maxAttempts, lastAttempt });
        throw new Error("never");
      },
    });
    for (let attempt = 1; attempt <= 3; attempt++) await trial.post(dialect.sign());
    expect(seen).toEqual([
      { attempt: 1, maxAttempts: 3, lastAttempt: false },
      { attempt: 2, maxAttempts: 3, lastAttempt: false },
      { attempt: 3, maxAttempts: 3, lastAttempt: true },
    ]);
  });

  it("is the bytes that were verified, the headers as they came, and a time", async () => {
    const trial = trialReceiver(dialect.makeProvider({ secret: dialect.secrets[0] }));
    const request = dialect.sign();
    const before = Date.now();
    await trial.post(request);
    const delivery = trial.persisted[0]?.delivery;
    expect(delivery?.rawBody).toEqual(request.body);
    expect(Object.fromEntries(delivery?.headers ?? [])).toEqual(request.headers);
    expect(delivery?.receivedAt.getTime()).toBeGreaterThanOrEqual(before);
    expect(delivery?.signal.aborted).toBe(false);
  });
});
