import { createHash } from "node:crypto";
import type { HashAlgorithm, SignatureEncoding } from "@latchhook/core/kit";
import { describe, expect, it } from "vitest";
import { signatureShape } from "../../src/signatures/signature-shape.ts";

const algorithms: readonly (HashAlgorithm | "ed25519")[] = ["sha1", "sha256", "sha512", "ed25519"];
const encodings: readonly SignatureEncoding[] = ["hex", "base64", "base64url"];
const kinds = algorithms.flatMap((algorithm) => encodings.map((encoding) => [algorithm, encoding] as const));

/** Bytes as many as a signature of the algorithm has; an Ed25519 signature has as many as a SHA-512. */
function bytesOf(algorithm: HashAlgorithm | "ed25519", content: string): Buffer {
  return createHash(algorithm === "ed25519" ? "sha512" : algorithm)
    .update(content)
    .digest();
}

/** The text with one character in place of that at `index`, which counts from the end where it is negative. */
function withCharacter(text: string, index: number, character: string): string {
  const at = index < 0 ? text.length + index : index;
  return text.slice(0, at) + character + text.slice(at + 1);
}

describe.each(kinds)("a signature of %s in %s", (algorithm, encoding) => {
  const contents = Array.from({ length: 50 }, (_, index) => `content ${index}`);
  const texts = contents.map((content) => bytesOf(algorithm, content).toString(encoding));
  const [text = ""] = texts;
  const read = (value: string, prefix?: string) => signatureShape(algorithm, encoding, prefix).read(value);

  it("is read as it is", () => {
    for (const value of texts) expect(read(value)).toBe(value);
  });

  it("is read without the prefix that it must have", () => {
    for (const value of texts) expect(read(`v0=${value}`, "v0=")).toBe(value);
  });

  it.each(["v1=", "V0=", "v0", "v0==", " v0=", "0v="])("is none with %j where v0= belongs", (prefix) => {
    expect(read(prefix + text, "v0=")).toBeUndefined();
  });

  it("is none without the prefix, with the prefix alone, or with one that nobody asked for", () => {
    expect(read(text, "v0=")).toBeUndefined();
    expect(read("v0=", "v0=")).toBeUndefined();
    expect(read(`v0=${text}`)).toBeUndefined();
  });

  it("is none with one character more or fewer, at either end, or empty", () => {
    const others = [text.slice(1), text.slice(0, -1), `${text}0`, `0${text}`, text.slice(0, 8), text + text];
    for (const value of ["", ...others]) {
      expect(read(value), value).toBeUndefined();
      expect(read(value.toUpperCase()), value).toBeUndefined();
      expect(read(`v0=${value}`, "v0="), value).toBeUndefined();
    }
  });

  it.each([" ", "\n", "\0", "!", ".", ",", "@", "[", "`", "{", "\u00e9", "\u0130", "\uff10", "\ud83d"])(
    "is none with %j anywhere in it",
    (character) => {
      for (const index of [0, 1, 20, -3, -2, -1]) {
        expect(read(withCharacter(text, index, character)), `at ${index}`).toBeUndefined();
      }
    },
  );

  it("is read with every character of its alphabet, and with no other", () => {
    const alphabets = { hex: /^[0-9A-Fa-f]$/, base64: /^[A-Za-z0-9+/]$/, base64url: /^[A-Za-z0-9_-]$/ };
    for (let code = 0x20; code < 0x7f; code++) {
      const character = String.fromCharCode(code);
      for (const index of [0, 10]) {
        const value = withCharacter(text, index, character);
        const belongs = alphabets[encoding].test(character);
        const expected = encoding === "hex" ? value.toLowerCase() : value;
        expect(read(value), value).toBe(belongs ? expected : undefined);
      }
    }
  });
});

describe.each(algorithms)("hex of %s", (algorithm) => {
  it("may be in upper or mixed case, and is read in lower", () => {
    const text = bytesOf(algorithm, "content").toString("hex");
    const mixed = [...text].map((digit, index) => (index % 2 ? digit.toUpperCase() : digit)).join("");
    const { read } = signatureShape(algorithm, "hex", "v0=");
    for (const spelling of [text.toUpperCase(), mixed]) expect(read(`v0=${spelling}`)).toBe(text);
    expect(read(`V0=${text}`), "the prefix is as it is").toBeUndefined();
    const letters = "AbCdEf".repeat(30).slice(0, text.length);
    for (const spelling of [letters, letters.toUpperCase(), letters.toLowerCase()]) {
      expect(read(`v0=${spelling}`), "letters alone").toBe(letters.toLowerCase());
    }
  });
});

describe.each(["base64", "base64url"] as const)("%s", (encoding) => {
  it("keeps its case: another is another signature", () => {
    const text = bytesOf("sha256", "content").toString(encoding);
    const { read } = signatureShape("sha256", encoding);
    expect(read(text.toLowerCase())).toBe(text.toLowerCase());
    expect(read(text.toLowerCase())).not.toBe(text);
  });
});

describe.each(algorithms)("the padding of base64 of %s", (algorithm) => {
  const padded = () => bytesOf(algorithm, "content").toString("base64");
  const digitsOf = (text: string) => text.replace(/=+$/, "");
  const read = (text: string) => signatureShape(algorithm, "base64").read(text);

  it("must be there", () => {
    expect(read(padded())).toBe(padded());
    expect(read(digitsOf(padded()))).toBeUndefined();
  });

  it("may not be digits", () => {
    const digits = digitsOf(padded());
    expect(read(digits.padEnd(padded().length, "A"))).toBeUndefined();
    expect(read(withCharacter(padded(), -1, "A"))).toBeUndefined();
  });

  it("may not begin earlier, be longer, or stand anywhere else", () => {
    const text = padded();
    expect(read(`${text}=`)).toBeUndefined();
    for (let index = 0; index < digitsOf(text).length; index++) {
      expect(read(withCharacter(text, index, "=")), `at ${index}`).toBeUndefined();
    }
  });

  it("is none of base64url", () => {
    const text = bytesOf(algorithm, "content").toString("base64url");
    const { read: readUrl } = signatureShape(algorithm, "base64url");
    expect(readUrl(text)).toBe(text);
    for (const value of [`${text}=`, `${text}==`, withCharacter(text, -1, "=")]) {
      expect(readUrl(value), value).toBeUndefined();
    }
  });
});
