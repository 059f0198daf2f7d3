import { createReceiver, type InboxOptions, type InboxQuery, type Store } from "@latchhook/core";
import { memoryStore } from "@latchhook/core/stores/memory";
import { describe, expect, it } from "vitest";
import { dialect, inboxReceiver, provider } from "../support/inbox-receiver.ts";

function make(inbox: unknown, store: Store = memoryStore()) {
  return createReceiver({ provider, store, persist() {}, inbox: inbox as InboxOptions });
}

const key = Buffer.alloc(32, 7).toString("base64");

describe("the option inbox", () => {
  it.each([
    ["yes", /inbox must be an object/],
    [null, /inbox must be an object/],
    [[], /inbox must be an object/],
    [{ body: "some" }, /inbox\.body must be "none", "failed" or "all"/],
    [{ days: 0 }, /inbox\.days must be above 0/],
    [{ days: Number.NaN }, /inbox\.days/],
    [{ days: Number.POSITIVE_INFINITY }, /inbox\.days/],
    [{ bodyDays: -1 }, /inbox\.bodyDays/],
    [{ days: 5, bodyDays: 6 }, /at most days, which is 5/],
    [{ headers: "user-agent" }, /inbox\.headers must be a list/],
    [{ headers: ["Cookie"] }, /inbox\.headers names "Cookie"/],
    [{ headers: ["x-hub-signature-256"] }, /never kept/],
    [{ redact: [1] }, /inbox\.redact must be a list/],
    [{ encrypt: "short" }, /openssl rand -base64 32/],
    [{ encrypt: [] }, /inbox\.encrypt needs a key/],
    [{ encrypt: [key, `${key}A`] }, /32 bytes in base64/],
  ])("%j is refused with what to do", (inbox, message) => {
    expect(() => make(inbox)).toThrow(
      expect.objectContaining({ code: "invalid-option", message: expect.stringMatching(message) }),
    );
  });

  it("never shows a key that it refuses", () => {
    expect(() => make({ encrypt: "a-key-that-is-wrong" })).not.toThrow(/a-key-that-is-wrong/);
  });

  it("is refused with a store that has none, naming stores that do", () => {
    const { inbox, ...store } = memoryStore();
    expect(() => make({}, { ...store, name: "plain" })).toThrow(/plain store.*sqliteStore/);
  });

  it("is opened by the store, as its inbox was wrapped", async () => {
    const { inbox, ...store } = memoryStore();
    const asked: unknown[] = [];
    const list = (query: InboxQuery) => {
      asked.push(query.limit);
      return inbox.list(query);
    };
    const receiver = make({}, { ...store, inbox: { ...inbox, list } });
    expect(await receiver.inbox?.list({ limit: 7 })).toEqual({ deliveries: [], next: null });
    expect(asked).toEqual([8]);
  });

  it("is refused with an inbox that no receiver can open", () => {
    const { inbox, ...store } = memoryStore();
    const { open, ...operations } = inbox;
    expect(() => make({}, { ...store, inbox: operations as never })).toThrow(/cannot be kept/);
    expect(() => make(undefined, { ...store, inbox: operations as never })).not.toThrow();
  });

  it("takes less days for bodies where all is kept for less", () => {
    expect(make({ days: 3 }).describe().inbox).toMatchObject({ days: 3, bodyDays: 3 });
  });
});

describe("describe", () => {
  it("says how a receiver is configured, without secrets", () => {
    const { receiver } = inboxReceiver({ scope: "eu", inbox: { encrypt: key, headers: ["User-Agent"] } });
    const described = receiver.describe();
    expect(described).toMatchObject({
      ...{ provider: "ai-stats", scope: "eu", policy: { maxAttempts: 4 }, limits: { waitMs: 3_000 } },
      store: { name: "memory", schemaVersion: null },
      inbox: {
        ...{ body: "failed", bodyDays: 14, days: 30, headers: ["user-agent"], redact: [], encrypted: true },
      },
    });
    const text = JSON.stringify(described);
    for (const secret of [key, dialect.secrets[0]]) expect(text.includes(secret)).toBe(false);
  });

  it("says so where nothing is kept", () => {
    expect(make(undefined).describe().inbox).toBeNull();
  });
});
