import { createHash, createHmac, generateKeyPairSync, sign } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { PlatformCrypto } from "../src/crypto/crypto.ts";
import * as nodeCrypto from "../src/crypto/node.ts";
import * as webCrypto from "../src/crypto/web.ts";

const implementations: readonly (readonly [string, PlatformCrypto])[] = [
  ["node:crypto", nodeCrypto],
  ["Web Crypto", webCrypto],
];

const anyBytes = fc.uint8Array({ minLength: 1, maxLength: 300 });

describe.each(implementations)("%s", (_name, platform) => {
  it("verifies an HMAC of prefix and body, in hex and in base64", async () => {
    const property = fc.asyncProperty(
      anyBytes,
      fc.string({ unit: "grapheme", maxLength: 50 }),
      fc.uint8Array({ maxLength: 300 }),
      fc.constantFrom("hex" as const, "base64" as const),
      async (keyBytes, prefix, body, encoding) => {
        const key = platform.importHmacKey(Uint8Array.from(keyBytes));
        const right = createHmac("sha256", keyBytes).update(prefix).update(body).digest(encoding);
        const wrong = createHmac("sha256", keyBytes).update(prefix).update(body).update("x").digest(encoding);
        const verify = (signatures: readonly string[]) =>
          platform.verifyHmac(key, prefix, body, signatures, encoding);
        expect(await verify([right])).toBe(true);
        expect(await verify([wrong, wrong, right])).toBe(true);
        expect(await verify([wrong])).toBe(false);
        expect(await verify([])).toBe(false);
      },
    );
    await fc.assert(property, { numRuns: 100 });
  });

  it("keeps verifications that run at once apart", async () => {
    const key = platform.importHmacKey(Uint8Array.of(1, 2, 3));
    const jobs = Array.from({ length: 200 }, (_, index) => {
      const body = Buffer.from(`body ${index}`);
      const right = createHmac("sha256", Uint8Array.of(1, 2, 3))
        .update(body)
        .digest("hex");
      return platform.verifyHmac(key, "", body, [index % 2 === 0 ? right : right.replace(/^./, "g")], "hex");
    });
    expect(await Promise.all(jobs)).toEqual(jobs.map((_, index) => index % 2 === 0));
  });

  it("verifies an Ed25519 signature, and no other spelling of it", async () => {
    const { privateKey, publicKey } = generateKeyPairSync("ed25519");
    const raw = publicKey.export({ format: "der", type: "spki" }).subarray(12);
    const key = platform.importEd25519Key(Uint8Array.from(raw));
    const body = Buffer.from("body");
    const right = sign(null, Buffer.from("prefix.body"), privateKey).toString("base64");
    const verify = (...signatures: readonly string[]) =>
      platform.verifyEd25519(key, "prefix.", body, signatures);
    expect(await verify(right)).toBe(true);
    expect(await verify("A".repeat(86).concat("=="), right)).toBe(true);
    expect(await verify("A".repeat(86).concat("=="))).toBe(false);
    const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const respelled = `${right.slice(0, -3)}${alphabet[alphabet.indexOf(right.at(-3) as string) + 1]}==`;
    expect(Buffer.from(respelled, "base64").equals(Buffer.from(right, "base64"))).toBe(true);
    expect(await verify(respelled)).toBe(false);
    expect(await platform.verifyEd25519(key, "other.", body, [right])).toBe(false);
  });

  it("hashes text and bytes to lower-case hex", async () => {
    const property = fc.asyncProperty(fc.string({ unit: "grapheme" }), async (text) => {
      const expected = createHash("sha256").update(text).digest("hex");
      expect(await platform.sha256Hex(text)).toBe(expected);
      expect(await platform.sha256Hex(Buffer.from(text))).toBe(expected);
    });
    await fc.assert(property, { numRuns: 100 });
  });

  it("hashes bytes that are part of a larger buffer", async () => {
    const larger = Buffer.from("__body__");
    const expected = createHash("sha256").update("body").digest("hex");
    expect(await platform.sha256Hex(larger.subarray(2, 6))).toBe(expected);
  });
});
