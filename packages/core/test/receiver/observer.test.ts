import { createReceiver, type Outcome, type WebhookEvent } from "@latchhook/core";
import { memoryStore } from "@latchhook/core/stores/memory";
import { afterEach, describe, expect, it, vi } from "vitest";
import { dialects, withSignature } from "../support/dialects.ts";
import { connectionLost, faultyStore } from "../support/faulty-store.ts";
import { brokenThenable } from "../support/thenable.ts";
import { expectProcessed, type Persist, post, trialReceiver } from "../support/trial-receiver.ts";

const dialect = dialects[3] as (typeof dialects)[number];
const [secret] = dialect.secrets;
const provider = dialect.makeProvider({ secret });

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

const observers: Readonly<Record<string, () => unknown>> = {
  throws: () => {
    throw new Error("observer");
  },
  "throws undefined": () => {
    throw undefined;
  },
  rejects: async () => {
    throw new Error("observer");
  },
  hangs: () => new Promise(() => {}),
  "gives a thenable that throws": brokenThenable,
};

describe("an observer", () => {
  it.each(Object.entries(observers))("H102 that %s changes nothing", async (_what, onOutcome) => {
    let calls = 0;
    const persist = () => {
      if (++calls === 1) throw new Error("the database is away");
    };
    const trial = trialReceiver(provider, { onOutcome, persist });
    expect((await trial.post(dialect.sign())).status).toBe(500);
    expectProcessed(await trial.post(dialect.sign()), "processed");
    expect((await trial.post(dialect.sign())).body).toContain("duplicate");
    expect((await trial.post(withSignature(dialect, dialect.sign(), "junk"))).status).toBe(401);
    await trial.receiver.close();
    expect(calls).toBe(2);
  });

  it("is told code, status, key, secret index, attempt and time", async () => {
    const trial = trialReceiver(dialect.makeProvider({ secret: ["another-secret", secret] }));
    await trial.post(dialect.sign());
    const [outcome] = trial.outcomes;
    expect(outcome).toEqual({
      code: "processed",
      status: 200,
      provider: "creativeai",
      key: trial.persisted[0]?.delivery.key,
      secretIndex: 1,
      claimAttempt: 1,
      durationMs: expect.any(Number),
      scope: "",
      source: "http",
      path: null,
      eventId: "gen_01",
      type: "video.generation.completed",
      job: { id: "gen_01", status: "completed", terminal: true },
      attempt: 1,
      maxAttempts: 3,
      lastAttempt: false,
    });
    expect(outcome?.durationMs).toBeGreaterThanOrEqual(0);
  });
});

/** Runs a request under the default observer, and gives what it wrote. */
async function logged(
  run: (
    make: (options: {
      persist?: Persist;
      store?: ReturnType<typeof faultyStore>["store"];
    }) => Promise<unknown>,
  ) => Promise<unknown>,
): Promise<readonly string[]> {
  const written = vi.spyOn(console, "error").mockImplementation(() => {});
  await run(({ persist = () => {}, store = memoryStore() }) =>
    post(createReceiver<WebhookEvent>({ provider, store, persist }), dialect.sign()),
  );
  return written.mock.calls.map((parts) => parts.join(" "));
}

describe("the default observer", () => {
  it("says nothing of what was processed, or of what a sender did wrong", async () => {
    const written = vi.spyOn(console, "error").mockImplementation(() => {});
    vi.spyOn(console, "warn").mockImplementation(() => {});
    const receiver = createReceiver({ provider, store: memoryStore(), persist: () => {} });
    for (const request of [dialect.sign(), dialect.sign(), withSignature(dialect, dialect.sign(), "junk")]) {
      await post(receiver, request);
    }
    await receiver.handle(new Request("http://localhost/"));
    expect(written).not.toHaveBeenCalled();
  });

  const messages = [
    "plain",
    "two\nlines",
    "carriage\r\nreturn",
    "\u001b[31mred\u001b[0m",
    "nul\0",
    "C1 \u009b and DEL \u007f",
    "line\u2028and paragraph\u2029separators",
    'quotes " and \\ backslashes',
    "日本 🌅",
    "",
    "x".repeat(10_000),
  ];

  it.each(messages)("writes one line for an error with the message %j", async (message) => {
    const lines = await logged((make) =>
      make({
        persist: () => {
          throw new Error(message, { cause: new Error(message) });
        },
      }),
    );
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(
      /^\[latchhook\] creativeai: persist-failed \(answered 500\); key [0-9a-f]{64}; Error: /,
    );
    expect(lines[0]).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u);
  });

  it.each([
    "text",
    "two\nlines",
    undefined,
    null,
    7,
    Symbol("symbol"),
    Object.create(null),
    Object.assign(new Error("by a name"), { name: "Two\nLines" }),
    { toString: () => "two\nlines" },
    {
      toString() {
        throw new Error("not even that");
      },
    },
  ])("writes one line where something else than an error is thrown (%#)", async (thrown) => {
    const lines = await logged((make) =>
      make({
        persist: () => {
          throw thrown;
        },
      }),
    );
    expect(lines).toHaveLength(1);
    expect(lines[0]).not.toMatch(/\p{Cc}/u);
  });

  it("names the outcome when the store is down", async () => {
    const { store, intercept } = faultyStore();
    intercept("claim", connectionLost);
    const lines = await logged((make) => make({ store }));
    expect(lines).toEqual([expect.stringContaining("store-unavailable (answered 503)")]);
    expect(lines[0]).toContain('Error: "the connection was lost"');
  });

  it("D44 holds neither secret, signature, body nor header, even under an error that holds the delivery", async () => {
    const request = dialect.sign();
    const lines = await logged((make) =>
      make({
        persist: (event, delivery) => {
          throw Object.assign(new Error("failed"), { event, delivery });
        },
      }),
    );
    expect(lines).toHaveLength(1);
    const hidden = [
      secret,
      request.headers[dialect.signatureHeader]?.slice(dialect.prefix.length) as string,
      "output_url",
      "media.example.com",
      "user-agent",
      "CreativeAI-Webhooks",
    ];
    for (const text of hidden) expect(lines[0]).not.toContain(text);
  });

  it("E55 strange ids leave the log on one line", async () => {
    const written = vi.spyOn(console, "error").mockImplementation(() => {});
    const persist = () => {
      throw new Error("no");
    };
    const receiver = createReceiver({ provider, store: memoryStore(), persist });
    const ids = ["line\r\nfeed", "nul\0", "\u202eright to left", "<script>", "lone\ud800"];
    for (const id of ids) await post(receiver, dialect.sign({ body: { ...dialect.payload(), id } }));
    expect(written.mock.calls.map(([line]) => String(line).match(/\p{Cc}|\p{Cf}|\p{Cs}/u))).toEqual(
      ids.map(() => null),
    );
  });

  it("says of a late failure that it was one", async () => {
    vi.useFakeTimers();
    try {
      const outcomes: Outcome[] = [];
      const persist = async () => {
        await new Promise((resolve) => setTimeout(resolve, 10_000));
        throw new Error("too late");
      };
      const trial = trialReceiver(provider, { persist, onOutcome: (outcome) => outcomes.push(outcome) });
      const answer = trial.post(dialect.sign());
      await vi.advanceTimersByTimeAsync(10_000);
      expect((await answer).status).toBe(503);
      expect(outcomes.map(({ code, late }) => [code, late])).toEqual([
        ["deadline-exceeded", undefined],
        ["persist-failed", true],
      ]);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe("a store that is not for production", () => {
  it.each([
    ["production", 1],
    ["development", 0],
    [undefined, 0],
  ])("is warned of in NODE_ENV=%s", (environment, times) => {
    vi.stubEnv("NODE_ENV", environment);
    const written = vi.spyOn(console, "warn").mockImplementation(() => {});
    const store = memoryStore();
    for (let receivers = 0; receivers < 3; receivers++) {
      createReceiver({ provider, store, persist: () => {} });
    }
    expect(written).toHaveBeenCalledTimes(times);
    if (times > 0) expect(written.mock.calls[0]?.[0]).toMatch(/memoryStore.*neither durable nor shared/);
  });
});
