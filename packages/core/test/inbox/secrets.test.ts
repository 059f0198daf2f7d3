import { memoryStore } from "@latchhook/core/stores/memory";
import { describe, expect, it } from "vitest";
import { isKeptHeader } from "../../src/inbox/kept-headers.ts";
import { storedError } from "../../src/inbox/stored-error.ts";
import { storedLine, storedText } from "../../src/inbox/stored-text.ts";
import { dialect, inboxReceiver } from "../support/inbox-receiver.ts";

describe("what the store has of a delivery", () => {
  it("holds neither signature nor secret nor authorization nor cookie, in any form", async () => {
    const store = memoryStore();
    const trial = inboxReceiver({ store, inbox: { body: "all", headers: ["user-agent", "X-Request-Id"] } });
    const signed = dialect.sign();
    const [secret] = dialect.secrets;
    const headers = {
      ...signed.headers,
      ...{ authorization: "Bearer not-to-be-kept", cookie: "not-to-be-kept=1", "x-request-id": "req 1" },
    };
    trial.fails = new Error(`with ${secret} and postgres://me:not-to-be-kept@db/x`);
    await trial.post({ ...signed, headers });
    await trial.post({ ...signed, headers });
    const { delivery, headers: kept } = await trial.only();
    const entry = store.inbox.find(delivery.key);
    const all = `${JSON.stringify(entry)} ${Buffer.from(entry?.body ?? []).toString()}`;
    const signature = signed.headers[dialect.signatureHeader] as string;
    for (const text of ["not-to-be-kept", secret, signature]) expect(all.includes(text), text).toBe(false);
    expect(kept).toEqual([
      ["user-agent", "AI-Stats-Async-Webhook/1.0"],
      ["x-request-id", "req 1"],
    ]);
  });

  it("are no headers unless they are asked for", async () => {
    const trial = inboxReceiver();
    await trial.post(dialect.sign());
    expect((await trial.only()).headers).toEqual([]);
  });
});

describe("header names", () => {
  it.each([
    ...[
      "authorization",
      "proxy-authorization",
      "cookie",
      "set-cookie",
      "x-hub-signature-256",
      "webhook-signature",
    ],
    ...["x-gitlab-token", "x-api-key", "apikey", "x-shared-secret", "x-shopify-hmac-sha256", "x-auth-key"],
  ])("%s is never kept", (name) => {
    expect(isKeptHeader(name)).toBe(false);
  });
  it.each(["user-agent", "webhook-id", "webhook-timestamp", "x-github-event", "content-type"])(
    "%s may be",
    (name) => {
      expect(isKeptHeader(name)).toBe(true);
    },
  );
});

describe("an error's text", () => {
  it("is one line of at most 500 characters, without controls", () => {
    const line = storedLine(`a\nb\u0000c\u2028d\u001b[31m${"x".repeat(5_000_000)}`);
    expect(line).toHaveLength(500);
    expect(line.startsWith("a b c d [31m")).toBe(true);
  });

  it.each([
    ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_…"],
    ["Bearer abc.def-ghi", "Bearer …"],
    ["postgres://me:word@db:5432/x", "postgres://…@db:5432/x"],
    ["GET https://cdn.example/v?X-Amz-Signature=1&b=2 failed", "GET https://cdn.example/v?… failed"],
    ["password=abc, x", "password=…, x"],
    ['{"api_key":"abc"}', '{"api_key":"…"}'],
  ])("hides what looks like a secret: %s", (text, shown) => {
    expect(storedLine(text)).toBe(shown);
  });

  it.each([
    [undefined, [null, null]],
    [null, [null, "threw null"]],
    ["text", [null, "threw text"]],
    [new TypeError("m"), ["TypeError", "m"]],
    [Object.create(null), [null, "threw a value of type object"]],
    [
      Object.defineProperty(new Error("x"), "message", {
        get() {
          throw new Error("hostile");
        },
      }),
      [null, "threw a value of type object"],
    ],
  ])("is made of anything that is thrown (%#)", (thrown, [name, message]) => {
    expect(storedError(thrown)).toMatchObject({ errorName: name, error: message });
  });
});

describe("a sender's text", () => {
  it("is such as databases take, and can be searched by the whole of it", async () => {
    expect(storedText("a\u0000b\ud800c\u{1F600}")).toBe("a\ufffdb\ufffdc\u{1F600}");
    const jobId = `job\u0000${"x".repeat(3_000)}`;
    const trial = inboxReceiver();
    await trial.post(dialect.sign({ jobId }));
    expect((await trial.only()).delivery.jobId).toHaveLength(500);
    expect((await trial.inbox.list({ search: jobId })).deliveries).toHaveLength(1);
  });
});
