import {
  type DeliveryPolicy,
  deliveryKey,
  type Provider,
  type Reading,
  type SignedRequest,
  type WebhookEvent,
} from "@latchhook/core";
import { handshake, malformed } from "@latchhook/core/kit";
import { describe, expect, it, vi } from "vitest";
import { type Grounds, trust } from "../../src/reading/trust.ts";

const policy: DeliveryPolicy = {
  timeoutMs: 10_000,
  shortestRetryGapMs: 5_000,
  retryHorizonMs: 60_000,
  maxAttempts: 4,
};

const event: WebhookEvent = {
  provider: "acme",
  id: "evt_1",
  type: "invoice.paid",
  known: true,
  job: null,
  occurredAt: null,
  data: { amount: 1 },
};

const request = {
  headers: { "x-id": "evt_1" },
  body: Buffer.from('{"id":"evt_1"}'),
  receivedAt: 1_700_000_000_000,
} satisfies SignedRequest;

const grounds: Grounds = { source: "http", secretIndex: 1, scope: "billing" };
const reading: Reading = { ok: true, event, identity: ["event", "evt_1"] };

/** A provider whose signed content says what it is told to, and which notes what it reads. */
function provider(read: ReturnType<Provider["read"]>, changes: Partial<DeliveryPolicy> = {}) {
  const seen: SignedRequest[] = [];
  const made: Provider = {
    name: "acme",
    policy: { ...policy, ...changes },
    precheck: () => undefined,
    verify: () => ({ ok: true, secretIndex: 0 }),
    read(given) {
      seen.push(given);
      return read;
    },
  };
  return { made, seen };
}

describe("a trusted delivery", () => {
  it("is what the content says, the keys that stores know it by, and why it is believed", () => {
    const { made, seen } = provider(reading);
    expect(trust(made, request, grounds)).toEqual({
      ok: true,
      event,
      key: deliveryKey("billing", "acme", ["event", "evt_1"]),
      replayKey: null,
      attempt: null,
      maxAttempts: 4,
      secretIndex: 1,
      source: "http",
      undated: false,
      headers: request.headers,
      body: request.body,
      receivedAt: request.receivedAt,
      replay: null,
    });
    expect(seen).toEqual([request]);
  });

  it("has the sender's own numbers where it signs them, and its policy's where it does not", () => {
    const counted = { ...reading, attempt: 2, maxAttempts: 9, undated: true };
    expect(trust(provider(counted).made, request, grounds)).toMatchObject({
      attempt: 2,
      maxAttempts: 9,
      undated: true,
    });
    const zero = { ...reading, attempt: 0, maxAttempts: 0, undated: false };
    expect(trust(provider(zero).made, request, grounds)).toMatchObject({
      attempt: 0,
      maxAttempts: 0,
      undated: false,
    });
    expect(trust(provider(reading, { maxAttempts: null }).made, request, grounds)).toMatchObject({
      maxAttempts: null,
    });
  });

  it("has a second key where its identity rests on what is not signed", () => {
    const { made } = provider({ ...reading, replayIdentity: ["signature", "abc"] });
    expect(trust(made, request, grounds)).toMatchObject({
      key: deliveryKey("billing", "acme", ["event", "evt_1"]),
      replayKey: deliveryKey("billing", "acme", ["signature", "abc"]),
    });
  });

  it("is known by its key where the sender signed no id", () => {
    const { made } = provider({ ...reading, event: { ...event, id: "" } });
    const key = deliveryKey("billing", "acme", ["event", "evt_1"]);
    expect(trust(made, request, grounds)).toMatchObject({ key, event: { ...event, id: key } });
  });

  it("may be believed for another reason than a secret", () => {
    const asked: Grounds = { source: "reconcile", secretIndex: null, scope: "" };
    expect(trust(provider(reading).made, request, asked)).toMatchObject({
      source: "reconcile",
      secretIndex: null,
      key: deliveryKey("", "acme", ["event", "evt_1"]),
    });
  });
});

describe("content that is believed, and is no delivery", () => {
  it.each([
    ["cannot be read", malformed("not-json")],
    ["is a question of the sender's", handshake({ contentType: "text/plain", body: "challenge" })],
  ])("that %s is passed on as it is", (_what, answer) => {
    const { made } = provider(answer as never);
    expect(trust(made, request, grounds)).toBe(answer);
  });
});

describe("a delivery whose keys take their time, as on Web Crypto", () => {
  it("is the same, later", async () => {
    vi.resetModules();
    vi.doMock("#crypto", () => import("../../src/crypto/web.ts"));
    try {
      const later = await import("../../src/reading/trust.ts");
      const { made } = provider({ ...reading, replayIdentity: ["signature", "abc"] });
      const result = later.trust(made, request, grounds);
      expect(result).toBeInstanceOf(Promise);
      expect(await result).toEqual(trust(made, request, grounds));
    } finally {
      vi.doUnmock("#crypto");
      vi.resetModules();
    }
  });
});
