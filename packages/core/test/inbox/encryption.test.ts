import { randomBytes } from "node:crypto";
import { memoryStore } from "@latchhook/core/stores/memory";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createBodyCipher } from "../../src/inbox/body-cipher.ts";
import { packRequest, unpackRequest } from "../../src/inbox/kept-request.ts";
import { dialect, inboxReceiver } from "../support/inbox-receiver.ts";

const newKey = (): string => randomBytes(32).toString("base64");
const rawKey = (): Uint8Array<ArrayBuffer> => new Uint8Array(randomBytes(32));
const key = "a".repeat(64);
const ops = { actor: "ops" };

async function keptBy(options: Parameters<typeof inboxReceiver>[0]) {
  const store = memoryStore();
  const trial = inboxReceiver({ store, ...options });
  trial.fails = new Error("no");
  await trial.post(dialect.sign({ jobId: "job_that_nobody_may_see" }));
  trial.fails = undefined;
  const { delivery } = await trial.only();
  const { body } = store.inbox.find(delivery.key) ?? {};
  if (!body) throw new Error("Nothing is kept.");
  return { store, trial, key: delivery.key, bytes: Buffer.from(body) };
}

describe("bodies in the store", () => {
  it("are readable without `encrypt`, and not with it", async () => {
    const plain = await keptBy({});
    expect(plain.bytes.includes("job_that_nobody_may_see")).toBe(true);
    const { trial, bytes, key } = await keptBy({ inbox: { encrypt: newKey() } });
    for (const part of ["job_that_nobody_may_see", "video", "receivedAt", "x-ai-stats", "{"]) {
      if (part.length > 1) expect(bytes.includes(part), part).toBe(false);
    }
    expect((await trial.inbox.get(key))?.redacted).toMatchObject({ data: { id: "job_that_nobody_may_see" } });
    expect(await trial.inbox.replay(key, ops)).toMatchObject({ code: "processed" });
  });

  it("open with any of the keys; the first encrypts", async () => {
    const [old, next] = [newKey(), newKey()];
    const { store, key } = await keptBy({ inbox: { encrypt: old } });
    const without = inboxReceiver({ store, inbox: { encrypt: next } });
    expect(await without.inbox.replay(key, ops)).toEqual({ code: "unreadable" });
    expect((await without.inbox.get(key))?.body).toBeNull();
    const rotated = inboxReceiver({ store, inbox: { encrypt: [next, old] } });
    rotated.fails = new Error("still no");
    expect(await rotated.inbox.replay(key, ops)).toMatchObject({ code: "persist-failed" });
    const renewed = inboxReceiver({ store, inbox: { encrypt: next } });
    expect(await renewed.inbox.replay(key, ops)).toMatchObject({ code: "processed" });
  });

  it("from before `encrypt` was set can still be replayed", async () => {
    const { store, key } = await keptBy({});
    const encrypting = inboxReceiver({ store, inbox: { encrypt: newKey() } });
    expect(await encrypting.inbox.replay(key, ops)).toMatchObject({ code: "processed" });
  });
});

describe("the cipher", () => {
  it("opens what it has sealed, for the same delivery alone, and nothing that was changed", async () => {
    const cipher = createBodyCipher([rawKey()]);
    const bytes = new TextEncoder().encode("what is kept");
    const sealed = await cipher.seal(key, bytes);
    expect(await cipher.open(key, sealed)).toEqual(bytes);
    expect(await cipher.open("b".repeat(64), sealed)).toBeUndefined();
    for (let index = 1; index < sealed.length; index++) {
      const changed = sealed.slice();
      changed[index] = (changed[index] ?? 0) ^ 1;
      expect(await cipher.open(key, changed), `byte ${index}`).toBeUndefined();
    }
    expect(await cipher.open(key, sealed.slice(0, 10))).toBeUndefined();
  });

  it("uses a nonce once", async () => {
    const cipher = createBodyCipher([rawKey()]);
    const nonces = new Set<string>();
    for (let times = 0; times < 500; times++) {
      const sealed = await cipher.seal(key, new Uint8Array(1));
      nonces.add(Buffer.from(sealed.subarray(9, 21)).toString("hex"));
    }
    expect(nonces.size).toBe(500);
  });

  it("without keys changes nothing", async () => {
    const cipher = createBodyCipher([]);
    const bytes = Uint8Array.of(1, 2, 3);
    expect([cipher.encrypts, await cipher.seal(key, bytes)]).toEqual([false, bytes]);
  });
});

describe("a kept request", () => {
  it("comes back as it was", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 500 }),
        fc.array(fc.tuple(fc.string({ unit: "binary" }), fc.string({ unit: "binary" })), { maxLength: 4 }),
        fc.nat(),
        fc.option(fc.nat({ max: 9 })),
        fc.option(fc.string()),
        (body, headers, receivedAt, secretIndex, replayKey) => {
          const kept = { body, headers, receivedAt, secretIndex, replayKey };
          const unpacked = unpackRequest(packRequest(kept));
          expect({ ...unpacked, body: Uint8Array.from(unpacked?.body ?? []) }).toEqual({
            ...kept,
            body: Uint8Array.from(body),
          });
        },
      ),
    );
  });

  it("of any other bytes is none, and throws nothing", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        bytes[0] = bytes[0] === 1 ? 7 : (bytes[0] ?? 0);
        expect(unpackRequest(bytes)).toBeUndefined();
      }),
    );
    for (const bytes of [Uint8Array.of(1, 0, 0, 0, 2, 91, 91), Uint8Array.of(1, 0, 0, 0, 9, 91)]) {
      expect(unpackRequest(bytes)).toBeUndefined();
    }
  });
});
