import { createHash, createHmac, generateKeyPairSync, sign } from "node:crypto";
import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { HashAlgorithm, PlatformCrypto, SignatureEncoding } from "../src/crypto/crypto.ts";
import * as nodeCrypto from "../src/crypto/node.ts";
import * as webCrypto from "../src/crypto/web.ts";

const implementations: readonly (readonly [string, PlatformCrypto])[] = [
  ["node:crypto", nodeCrypto],
  ["Web Crypto", webCrypto],
];

const algorithms: readonly HashAlgorithm[] = ["sha1", "sha256", "sha512"];
const encodings: readonly SignatureEncoding[] = ["hex", "base64", "base64url"];
const kinds = algorithms.flatMap((algorithm) => encodings.map((encoding) => [algorithm, encoding] as const));

const anyBytes = fc.uint8Array({ minLength: 1, maxLength: 300 });
const anyText = fc.string({ unit: "grapheme", maxLength: 50 });

describe.each(implementations)("%s", (_name, platform) => {
  describe.each(kinds)("HMAC-%s in %s", (algorithm, encoding) => {
    const keyBytes = Uint8Array.of(1, 2, 3);
    const key = platform.importHmacKey(keyBytes, algorithm);
    const body = Buffer.from("body");
    const right = createHmac(algorithm, keyBytes).update("p.body.s").digest(encoding);
    const verify = (...signatures: readonly string[]) =>
      platform.verifyHmac(key, "p.", body, ".s", signatures, encoding);

    it("verifies prefix, body and suffix, and nothing else", async () => {
      const property = fc.asyncProperty(
        anyBytes,
        anyText,
        fc.uint8Array({ maxLength: 300 }),
        anyText,
        async (bytes, prefix, content, suffix) => {
          const imported = platform.importHmacKey(Uint8Array.from(bytes), algorithm);
          const made = () => createHmac(algorithm, bytes).update(prefix).update(content).update(suffix);
          const [genuine, wrong] = [made().digest(encoding), made().update("x").digest(encoding)];
          const verifies = (signatures: readonly string[]) =>
            platform.verifyHmac(imported, prefix, content, suffix, signatures, encoding);
          expect(await verifies([genuine])).toBe(true);
          expect(await verifies([wrong, wrong, genuine])).toBe(true);
          expect(await verifies([wrong])).toBe(false);
          expect(await verifies([])).toBe(false);
        },
      );
      await fc.assert(property, { numRuns: 30 });
    });

    it("makes the HMAC of a text in hex, of any", async () => {
      const property = fc.asyncProperty(anyBytes, anyText, async (bytes, text) => {
        const imported = platform.importHmacKey(Uint8Array.from(bytes), algorithm);
        const expected = createHmac(algorithm, bytes).update(text).digest("hex");
        expect(await platform.hmacHex(imported, text)).toBe(expected);
      });
      await fc.assert(property, { numRuns: 20 });
    });

    it("after a match, refuses every shorter and longer text of the same tag", async () => {
      for (let length = 0; length < right.length; length++) {
        expect(await verify(right), "the match before").toBe(true);
        expect(await verify(right.slice(0, length)), `the first ${length} digits`).toBe(false);
        expect(await verify(right.slice(length + 1)), `without the first ${length + 1}`).toBe(false);
      }
      for (const more of ["0", "=", "\n", " ", right, "\u0130"]) {
        expect(await verify(right), "the match before").toBe(true);
        expect(await verify(right + more), JSON.stringify(more)).toBe(false);
      }
    });

    it("after a match, refuses texts that would be folded, cut or padded to it", async () => {
      const folded = [...right].map((digit) => String.fromCharCode(digit.charCodeAt(0) + 0x100)).join("");
      const variants = {
        "characters beyond Latin-1": folded,
        "one character beyond Latin-1": folded.slice(0, 1) + right.slice(1),
        "a character of two bytes at the end": `${right.slice(0, -1)}é`,
        "a character of two bytes for two": `${right.slice(0, -2)}é`,
        "a lone surrogate": `${right.slice(0, -1)}\ud83d`,
        nul: `${right.slice(0, -1)}\0`,
        nothing: "",
      };
      for (const [what, text] of Object.entries(variants)) {
        expect(await verify(right), "the match before").toBe(true);
        expect(await verify(text), what).toBe(false);
      }
    });

    it("refuses another spelling of the same bytes", async () => {
      const bytes = Buffer.from(right, encoding);
      const others = [
        ...encodings.map((other) => bytes.toString(other)),
        right.toUpperCase(),
        right.replace(/=+$/, ""),
        `${right.replace(/=+$/, "")}==`,
        ...(encoding === "hex" ? [] : respellings(right)),
      ];
      for (const other of others.filter((text) => text !== right)) {
        expect(await verify(other), other).toBe(false);
      }
    });

    it("does not verify under another hash", async () => {
      for (const other of algorithms.filter((name) => name !== algorithm)) {
        const otherKey = platform.importHmacKey(keyBytes, other);
        expect(await platform.verifyHmac(otherKey, "p.", body, ".s", [right], encoding), other).toBe(false);
      }
    });
  });

  it("keeps verifications that run at once apart", async () => {
    const key = platform.importHmacKey(Uint8Array.of(1, 2, 3), "sha256");
    const jobs = Array.from({ length: 200 }, (_, index) => {
      const body = Buffer.from(`body ${index}`);
      const right = createHmac("sha256", Uint8Array.of(1, 2, 3))
        .update(body)
        .digest("hex");
      const sent = index % 2 === 0 ? right : right.replace(/^./, "g");
      return platform.verifyHmac(key, "", body, "", [sent], "hex");
    });
    expect(await Promise.all(jobs)).toEqual(jobs.map((_, index) => index % 2 === 0));
  });

  it.each(encodings)("verifies an Ed25519 signature in %s, and no other spelling of it", async (encoding) => {
    const { privateKey, publicKey } = generateKeyPairSync("ed25519");
    const raw = publicKey.export({ format: "der", type: "spki" }).subarray(12);
    const key = platform.importEd25519Key(Uint8Array.from(raw));
    const body = Buffer.from("body");
    const bytes = sign(null, Buffer.from("prefix.body.suffix"), privateKey);
    const right = bytes.toString(encoding);
    const zeros = Buffer.alloc(64).toString(encoding);
    const verify = (...signatures: readonly string[]) =>
      platform.verifyEd25519(key, "prefix.", body, ".suffix", signatures, encoding);
    expect(await verify(right)).toBe(true);
    expect(await verify(zeros, right)).toBe(true);
    expect(await verify(zeros)).toBe(false);
    expect(await verify()).toBe(false);
    const others = ["", right.slice(0, -1), `${right}0`, right.slice(0, 8), ...respellings(right)];
    for (const other of encoding === "hex" ? others.slice(0, 4) : others) {
      expect(await verify(other), other).toBe(false);
    }
    expect(await platform.verifyEd25519(key, "other.", body, ".suffix", [right], encoding)).toBe(false);
    expect(await platform.verifyEd25519(key, "prefix.", body, "", [right], encoding)).toBe(false);
  });

  it("hashes text and bytes to lower-case hex", async () => {
    const property = fc.asyncProperty(fc.string({ unit: "grapheme" }), async (text) => {
      const expected = createHash("sha256").update(text).digest("hex");
      expect(await platform.sha256Hex(text)).toBe(expected);
      expect(await platform.sha256Hex(Buffer.from(text))).toBe(expected);
    });
    await fc.assert(property, { numRuns: 100 });
  });

  it("finds texts equal that are, and no others", async () => {
    const property = fc.asyncProperty(anyText, anyText, async (one, other) => {
      expect(await platform.equalTexts(one, one)).toBe(true);
      expect(await platform.equalTexts(one, other)).toBe(one === other);
      expect(await platform.equalTexts(one, `${one}0`)).toBe(false);
    });
    await fc.assert(property, { numRuns: 100 });
    expect(await platform.equalTexts("a", "a\0")).toBe(false);
    expect(await platform.equalTexts("", "")).toBe(true);
  });

  it("hashes bytes that are part of a larger buffer", async () => {
    const larger = Buffer.from("__body__");
    const expected = createHash("sha256").update("body").digest("hex");
    expect(await platform.sha256Hex(larger.subarray(2, 6))).toBe(expected);
  });
});

describe("a runtime that has node:crypto, and not yet its hash()", () => {
  afterEach(() => {
    vi.doUnmock("node:crypto");
    vi.resetModules();
  });

  it("hashes to the same", async () => {
    vi.resetModules();
    vi.doMock("node:crypto", async (original) => {
      const { default: whole, ...named } = await original<{ default: object }>();
      return { ...named, default: { ...whole, hash: undefined } };
    });
    const older = await import("../src/crypto/node.ts");
    expect(older.sha256Hex).not.toBe(nodeCrypto.sha256Hex);
    for (const data of ["text, 日", Buffer.from("bytes")]) {
      expect(older.sha256Hex(data)).toBe(nodeCrypto.sha256Hex(data));
    }
  });
});

/** Base64 texts that a lenient decoder takes for the same bytes: the last digit has bits that no byte needs. */
function respellings(text: string): readonly string[] {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_";
  const digits = text.replace(/=+$/, "");
  return [...alphabet]
    .map((digit) => digits.slice(0, -1) + digit + text.slice(digits.length))
    .filter((other) => other !== text && Buffer.from(other, "base64").equals(Buffer.from(text, "base64")));
}
