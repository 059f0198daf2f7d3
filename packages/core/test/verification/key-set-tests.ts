import { createPublicKey, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { body, ed25519KeySet, ed25519Signature, type FetchKeys, timestamp } from "@latchhook/core/kit";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

const seconds = 1_790_000_000;
const payload = Buffer.from('{"a":1}');
const keys = Array.from({ length: 3 }, () => generateKeyPairSync("ed25519").privateKey);
const [first, second, third] = keys as [KeyObject, KeyObject, KeyObject];

const jwkOf = (key: KeyObject) => createPublicKey(key).export({ format: "jwk" });

/** Ed25519 keys of a JSON Web Key Set, over whichever crypto is in place. */
export function keySetTests(): void {
  describe("Ed25519 keys that a sender publishes", () => {
    let published: readonly unknown[] = [];
    let fetches = 0;
    const fetchKeys: FetchKeys = async () => {
      fetches++;
      return Response.json({ keys: published });
    };

    beforeEach(() => {
      fetches = 0;
      vi.useFakeTimers({ toFake: ["Date"], now: seconds * 1000 });
    });
    afterEach(() => void vi.useRealTimers());

    const makeScheme = () =>
      ed25519Signature({
        provider: "acme",
        keys: ed25519KeySet({ provider: "acme", url: "https://acme.example/jwks.json", fetchKeys }),
        headers: { signature: "x-signature", timestamp: "x-timestamp" },
        content: [timestamp, body],
      });
    const signedBy = (key: KeyObject, receivedAt = Date.now()) => {
      const time = String(Math.floor(receivedAt / 1000));
      const signature = sign(null, Buffer.concat([Buffer.from(time), payload]), key).toString("hex");
      return { headers: { "x-signature": signature, "x-timestamp": time }, body: payload, receivedAt };
    };

    it("are all tried, and named by their place", async () => {
      published = [jwkOf(first), { ...jwkOf(second), use: "sig", kid: "2" }];
      const made = makeScheme();
      expect(await made.verify(signedBy(first))).toEqual({ ok: true, secretIndex: 0 });
      expect(await made.verify(signedBy(second))).toEqual({ ok: true, secretIndex: 1 });
      expect(await made.verify(signedBy(third))).toMatchObject({ reason: "signature-mismatch" });
      expect(fetches).toBe(1);
    });

    it("that are new are found once, and a minute later, by a signature of theirs", async () => {
      published = [jwkOf(first)];
      const made = makeScheme();
      expect(await made.verify(signedBy(first))).toMatchObject({ ok: true });
      published = [jwkOf(second)];
      expect(await made.verify(signedBy(second))).toMatchObject({ reason: "signature-mismatch" });
      vi.setSystemTime(Date.now() + 60_000);
      expect(await made.verify(signedBy(second))).toEqual({ ok: true, secretIndex: 0 });
      expect(await made.verify(signedBy(first)), "a key that was removed").toMatchObject({ ok: false });
      expect(fetches).toBe(2);
    });

    it("of other kinds, uses and lengths are skipped", async () => {
      const jwk = jwkOf(second);
      const { publicKey } = generateKeyPairSync("x25519");
      published = [
        publicKey.export({ format: "jwk" }),
        { ...jwk, use: "enc" },
        { ...jwk, x: `${jwk.x}A` },
        { ...jwk, x: 7 },
        { ...jwk, kty: "EC" },
        jwkOf(first),
      ];
      const made = makeScheme();
      expect(await made.verify(signedBy(first))).toEqual({ ok: true, secretIndex: 0 });
      expect(await made.verify(signedBy(second))).toMatchObject({ reason: "signature-mismatch" });
    });

    it("are not asked for what its headers rule out", async () => {
      published = [jwkOf(first)];
      const { headers, ...rest } = signedBy(first);
      const stale = { ...rest, headers, receivedAt: rest.receivedAt + 301_000 };
      expect(await makeScheme().verify(stale)).toMatchObject({ reason: "stale-timestamp" });
      expect(fetches).toBe(0);
    });
  });
}
