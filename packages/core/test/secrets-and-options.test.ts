import { inspect } from "node:util";
import {
  createReceiver,
  isLatchhookError,
  LatchhookError,
  type Outcome,
  type Provider,
  type SecretOption,
  verifyWebhook,
} from "@latchhook/core";
import { standardWebhooks } from "@latchhook/core/providers/standard-webhooks";
import { memoryStore } from "@latchhook/core/stores/memory";
import { afterEach, describe, expect, it, vi } from "vitest";
import { dialects, withSignature } from "./support/dialects.ts";
import { expectRefused, post, trialReceiver } from "./support/trial-receiver.ts";

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

/** Every provider's factory, with its environment variable. */
const factories: readonly (readonly [string, string, (options: { secret?: SecretOption }) => Provider])[] = [
  ...dialects
    .filter(({ name }) => name !== "phaseo")
    .map(({ factory, environmentVariable, makeProvider }) => {
      return [factory, environmentVariable, makeProvider as never] as const;
    }),
  ["standardWebhooks", "STANDARD_WEBHOOKS_SECRET", standardWebhooks],
];

const usable = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

const noSecrets: readonly unknown[] = [
  null,
  "",
  " ",
  "\t\r\n",
  "\u00a0",
  "whsec_",
  " whsec_ ",
  "undefined",
  "null",
  0,
  42,
  true,
  {},
  Buffer.from(usable),
];

const noLists: readonly (readonly unknown[])[] = [
  [],
  [""],
  [usable, ""],
  ["", usable],
  [usable, " "],
  [usable, null],
  [usable, undefined],
  [usable, "undefined"],
  [[usable]],
];

describe.each(factories)("secrets of %s", (factory, variable, make) => {
  function expectMissing(secret: unknown): void {
    expect(() => make({ secret: secret as SecretOption })).toThrow(
      expect.objectContaining({ code: "missing-secret" }),
    );
    for (const named of [factory, "{ secret }", variable]) {
      expect(() => make({ secret: secret as SecretOption })).toThrow(named);
    }
  }

  it("D37 undefined, with the variable unset → throws, naming option and variable", () => {
    vi.stubEnv(variable, undefined);
    expectMissing(undefined);
    expect(() => make({})).toThrow(variable);
  });

  it.each(noSecrets)("D37 %j → throws, naming option and variable", (secret) => {
    vi.stubEnv(variable, usable);
    expectMissing(secret);
  });

  it.each(["", " ", "undefined", "whsec_"])("D37 the variable set to %j → throws", (text) => {
    vi.stubEnv(variable, text);
    expectMissing(undefined);
  });

  it("the variable is read where the option is left out", async () => {
    vi.stubEnv(variable, usable);
    expect(() => make({})).not.toThrow();
  });

  it.each(noLists)("D38 the list %j → throws, naming option and variable", (...list) => {
    vi.stubEnv(variable, usable);
    expectMissing(list);
  });

  it.each([
    [[usable, ""], `the secret, entry 1, is empty. Pass { secret } or set ${variable}.`],
    [[], `the secret is an empty list. Pass { secret } or set ${variable}.`],
    ["undefined", `the secret is the text "undefined". Pass { secret } or set ${variable}.`],
  ])("the message for %j is a sentence", (secret, sentence) => {
    expect(() => make({ secret })).toThrow(sentence);
  });

  it("an environment without process is an environment without the variable", () => {
    vi.stubGlobal("process", undefined);
    try {
      expect(() => make({})).toThrow(variable);
    } finally {
      vi.unstubAllGlobals();
    }
  });
});

describe.each(dialects)("secret function of $name", (dialect) => {
  const failures: Readonly<Record<string, () => never>> = {
    "that throws": () => {
      throw new Error("the vault is sealed");
    },
    "that rejects": () => Promise.reject(new Error("the vault is sealed")) as never,
    "that rejects with nothing": () => Promise.reject() as never,
    "that gives undefined": () => undefined as never,
    "that gives an empty text": () => "" as never,
    "that gives an empty list": async () => [] as never,
    "that gives a list with an empty entry": () => [dialect.secrets[0], ""] as never,
  } as never;

  it.each(Object.entries(failures))("D39 %s → 503, never open", async (_what, secret) => {
    const trial = trialReceiver(dialect.makeProvider({ secret }));
    const answer = await trial.post(dialect.sign());
    expect([answer.status, answer.body]).toEqual([503, '{"error":"unavailable"}']);
    expect(answer.headers["retry-after"]).toMatch(/^[1-9]\d*$/);
    expect([trial.persisted, trial.storeCalls]).toEqual([[], []]);
    expect(trial.outcomes[0]).toMatchObject({ code: "secret-unavailable" });
    expect(isLatchhookError(trial.outcomes[0]?.error)).toBe(true);
  });

  it("D39 the function is asked again for the next request", async () => {
    let calls = 0;
    const provider = dialect.makeProvider({
      secret: async () => {
        if (++calls === 1) throw new Error("not yet");
        return dialect.secrets[0];
      },
    });
    const trial = trialReceiver(provider);
    expect((await trial.post(dialect.sign())).status).toBe(503);
    expect((await trial.post(dialect.sign())).status).toBe(200);
  });

  it("more tenants than are remembered are all verified with their own secret", async () => {
    const texts = Array.from({ length: 300 }, (_, index) =>
      dialect.prefix === "v1,"
        ? `whsec_${Buffer.alloc(24, `${index}`).toString("base64")}`
        : `secret ${index}`,
    );
    const provider = dialect.makeProvider({
      secret: ({ headers }) => texts[Number((headers as Record<string, string>)["x-tenant"])] as string,
    });
    for (const round of [1, 2]) {
      for (const [tenant, secret] of texts.entries()) {
        const { headers, body } = dialect.sign({ secret });
        const request = { headers: { ...headers, "x-tenant": String(tenant) }, body };
        expect(await provider.verify(request), `round ${round}, tenant ${tenant}`).toMatchObject({
          ok: true,
        });
      }
    }
  });

  it("is not asked for a request that its headers already rule out", async () => {
    let calls = 0;
    const provider = dialect.makeProvider({
      secret: () => {
        calls++;
        return dialect.secrets[0];
      },
    });
    const trial = trialReceiver(provider);
    expectRefused(trial, await trial.post(withSignature(dialect, dialect.sign(), "junk")), 401, "junk");
    expect(calls).toBe(0);
  });
});

describe.each(dialects)("limits against the policy of $name", (dialect) => {
  const provider = dialect.makeProvider({ secret: dialect.secrets[0] });
  const { policy } = provider;
  const make = (limits: object) => () =>
    createReceiver({ provider, store: memoryStore(), persist: () => {}, ...limits });

  it.each([
    ["leaseMs", policy.shortestRetryGapMs, policy.shortestRetryGapMs - 1],
    ["leaseMs", policy.shortestRetryGapMs + 1, 50],
    ["deadlineMs", policy.timeoutMs, policy.timeoutMs - 1_001],
    ["deadlineMs", policy.timeoutMs - 1_000, 1],
    ["retainMs", policy.retryHorizonMs - 1, policy.retryHorizonMs],
    ["waitMs", 3_001, 3_000],
  ])("D40 %s of %i → throws, of %i → works", (option, bad, good) => {
    expect(make({ [option]: bad })).toThrow(expect.objectContaining({ code: "invalid-option" }));
    expect(make({ [option]: bad })).toThrow(option);
    expect(make({ [option]: good })).not.toThrow();
  });
});

describe("options of a receiver", () => {
  const dialect = dialects[0] as (typeof dialects)[number];
  const provider = dialect.makeProvider({ secret: dialect.secrets[0] });
  const complete = { provider, store: memoryStore(), persist: () => {} };
  const make = (options: object) => () => createReceiver(options as typeof complete);

  const limits = ["maxBodyBytes", "bodyTimeoutMs", "deadlineMs", "leaseMs", "maxRunMs", "retainMs", "waitMs"];
  const bad = [0, -1, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, "1000", {}, true];

  it.each(limits.flatMap((option) => bad.map((value) => [option, value] as const)))(
    "D41 %s of %s → throws, naming it",
    (option, value) => {
      expect(make({ ...complete, [option]: value })).toThrow(
        expect.objectContaining({ code: "invalid-option" }),
      );
      expect(make({ ...complete, [option]: value })).toThrow(option);
    },
  );

  it.each([
    ["provider", undefined],
    ["provider", null],
    ["provider", "ai-stats"],
    ["provider", { name: "half", verify() {}, read() {} }],
    ["store", undefined],
    ["store", null],
    ["store", new Map()],
    ["store", {}],
    ["persist", undefined],
    ["persist", null],
    ["persist", {}],
    ["scope", 7],
    ["schema", {}],
    ["schema", null],
    ["onOutcome", "console"],
  ])("D42 %s as %o → throws, naming it", (option, value) => {
    expect(make({ ...complete, [option]: value })).toThrow(
      expect.objectContaining({ code: "invalid-option" }),
    );
    expect(make({ ...complete, [option]: value })).toThrow(option);
  });

  it.each([[{}], [undefined], [null], ["options"]])(
    "D42 %o as options → throws, saying what to pass",
    (options) => {
      expect(make(options as object)).toThrow(expect.objectContaining({ code: "invalid-option" }));
      expect(make(options as object)).toThrow("provider");
    },
  );

  it("D40 a lease in seconds, by mistake → throws", () => {
    expect(make({ ...complete, leaseMs: 4 })).toThrow("at least 50 milliseconds");
    expect(make({ ...complete, leaseMs: 50 })).not.toThrow();
  });

  it("D40 a retention shorter than a captured delivery is believed → throws", () => {
    const patient = dialect.makeProvider({ secret: dialect.secrets[0], toleranceSeconds: 86_400 });
    expect(make({ ...complete, provider: patient, retainMs: 2 * 86_400_000 - 1 })).toThrow("retainMs");
    expect(make({ ...complete, provider: patient, retainMs: 2 * 86_400_000 })).not.toThrow();
  });

  it("D41 headerPrefix other than webhook and svix → throws", () => {
    const wrong = { secret: `whsec_${btoa("k".repeat(24))}`, headerPrefix: "x" as "svix" };
    expect(() => standardWebhooks(wrong)).toThrow("headerPrefix");
  });

  it.each([
    ["NODE_ENV", "test"],
    ["NODE_ENV", "development"],
    ["NODE_ENV", "production"],
    ["DEBUG", "*"],
    ["LATCHHOOK_SKIP_VERIFICATION", "1"],
  ])("D43 %s=%s does not skip verification", async (name, value) => {
    vi.stubEnv(name, value);
    vi.spyOn(console, "warn").mockImplementation(() => {});
    const trial = trialReceiver(dialect.makeProvider({ secret: dialect.secrets[0] }));
    const forged = dialect.sign({ secret: dialect.secrets[1] });
    expectRefused(trial, await trial.post(forged), 401, "forged");
    expect((await trial.post({ ...forged, headers: {} })).status).toBe(401);
  });

  it.each(["debug", "skipVerification", "insecure", "verify"])(
    "D43 an option named %s changes nothing",
    async (name) => {
      const trial = trialReceiver(provider, { [name]: name !== "verify" } as object);
      expectRefused(trial, await trial.post(dialect.sign({ secret: dialect.secrets[1] })), 401, "forged");
    },
  );
});

describe.each(dialects)("what $name shows", (dialect) => {
  const [secret] = dialect.secrets;
  const bare = secret.replace("whsec_", "");
  const forms = [bare, Buffer.from(dialect.key(secret)).toString("hex"), [...dialect.key(secret)].join(",")];

  function expectHidden(value: unknown): void {
    const shown = [
      inspect(value, { depth: null, showHidden: true, getters: true, maxArrayLength: null }).replace(
        /\s+/g,
        "",
      ),
      JSON.stringify(value) ?? "",
      String(value),
    ];
    for (const text of shown) for (const form of forms) expect(text).not.toContain(form);
  }

  it("D44 inspect, JSON.stringify and String hide the secret of a provider, a receiver and its outcomes", async () => {
    const provider = dialect.makeProvider({ secret: [...dialect.secrets] });
    const outcomes: Outcome[] = [];
    const receiver = createReceiver({
      provider,
      store: memoryStore(),
      persist: () => {},
      onOutcome: (outcome) => outcomes.push(outcome),
    });
    const genuine = dialect.sign();
    const forged = withSignature(dialect, genuine, `${dialect.prefix}${"0".repeat(64)}`);
    const answers = [await post(receiver, genuine), await post(receiver, forged)];
    const verified = [await verifyWebhook(provider, genuine), await verifyWebhook(provider, forged)];
    for (const value of [provider, receiver, answers, verified, outcomes]) expectHidden(value);
    expect(outcomes.map(({ code }) => code)).toEqual(["processed", "unauthentic"]);
  });

  it("D44 no refusal holds the signature that was expected, or the one that came", async () => {
    const provider = dialect.makeProvider({ secret });
    const genuine = dialect.sign();
    const signature = genuine.headers[dialect.signatureHeader] as string;
    const tampered = { ...genuine, body: Buffer.from("{}") };
    const expected = dialect.sign({ body: "{}" }).headers[dialect.signatureHeader] as string;
    const outcomes: Outcome[] = [];
    const trial = trialReceiver(provider, { onOutcome: (outcome) => outcomes.push(outcome) });
    const shown = inspect([await trial.post(tampered), outcomes, await verifyWebhook(provider, tampered)], {
      depth: null,
    });
    for (const text of [signature, expected]) expect(shown).not.toContain(text.slice(dialect.prefix.length));
  });

  it("D44 error causes of a failing secret function hold what it threw, and no secret", async () => {
    const provider = dialect.makeProvider({ secret: async () => ["", secret] });
    const error = await Promise.resolve(provider.verify(dialect.sign())).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(LatchhookError);
    expectHidden(error);
    expectHidden((error as Error).cause);
  });
});
