import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import type { SignedRequest } from "@latchhook/core";
import {
  body,
  type Ed25519KeyOptions,
  type Ed25519SignatureOptions,
  ed25519KeyRing,
  ed25519Signature,
  timestamp,
} from "@latchhook/core/kit";
import { afterEach, describe, expect, it, vi } from "vitest";

const seconds = 1_700_000_000;
const payload = '{"a":1,"日":"🌅"}';

interface KeyPair {
  readonly privateKey: KeyObject;
  readonly spki: Buffer;
  readonly raw: Buffer;
}

function keyPair(isFit: (raw: Buffer) => boolean = () => true): KeyPair {
  for (;;) {
    const { privateKey, publicKey } = generateKeyPairSync("ed25519");
    const spki = publicKey.export({ format: "der", type: "spki" });
    const raw = spki.subarray(-32);
    if (isFit(raw)) return { privateKey, spki, raw };
  }
}

const ours = keyPair();
const others = keyPair();

const signed = (content: string = payload, { privateKey }: KeyPair = ours) =>
  sign(null, Buffer.from(content), privateKey);

const ring = (publicKey: Ed25519KeyOptions["publicKey"]) =>
  ed25519KeyRing({ provider: "acme", publicKey, environmentVariable: "ACME_PUBLIC_KEY" });

function verify(signature: string, options: Partial<Ed25519SignatureOptions> = {}) {
  const made = ed25519Signature({
    provider: "acme",
    keys: ring(ours.raw.toString("hex")),
    headers: { signature: "x-signature" },
    content: [body],
    ...options,
  });
  const request: SignedRequest = {
    headers: { "x-signature": signature, "x-time": `${seconds}` },
    body: Buffer.from(payload),
    receivedAt: seconds * 1000,
  };
  return made.verify(request);
}

const verified = { ok: true, secretIndex: 0 };
const mismatch = { ok: false, kind: "unauthentic", reason: "signature-mismatch" };
const malformed = { ok: false, kind: "unauthentic", reason: "malformed-signature" };

afterEach(() => {
  vi.unstubAllEnvs();
});

describe("an Ed25519 signature", () => {
  it("is written in hex, in either case, where nothing else is asked for", () => {
    expect(verify(signed().toString("hex"))).toEqual(verified);
    expect(verify(signed().toString("hex").toUpperCase())).toEqual(verified);
    expect(verify(signed().toString("base64"))).toEqual(malformed);
  });

  it.each(["base64", "base64url"] as const)("may be written in %s", (encoding) => {
    expect(verify(signed().toString(encoding), { encoding })).toEqual(verified);
    expect(verify(signed().toString("hex"), { encoding })).toEqual(malformed);
  });

  it("is refused of another body, and of another key", () => {
    expect(verify(signed("another").toString("hex"))).toEqual(mismatch);
    expect(verify(signed(payload, others).toString("hex"))).toEqual(mismatch);
  });

  it("has its prefix where the sender writes one, and none where it does not", () => {
    const text = signed().toString("hex");
    expect(verify(`ed25519=${text}`, { prefix: "ed25519=" })).toEqual(verified);
    expect(verify(text, { prefix: "ed25519=" })).toEqual(malformed);
    expect(verify(`ed25519=${text}`)).toEqual(malformed);
  });

  it("is over text before and after the body", () => {
    const parts = {
      headers: { signature: "x-signature", timestamp: "x-time" },
      content: [timestamp, body, "!"],
    };
    expect(verify(signed(`${seconds}${payload}!`).toString("hex"), parts)).toEqual(verified);
    expect(verify(signed(`${seconds}${payload}`).toString("hex"), parts)).toEqual(mismatch);
    expect(verify(signed(`${payload}!`).toString("hex"), parts)).toEqual(mismatch);
  });

  it("is tried with each key, and the one that matched is named", () => {
    const keys = ring([others.raw.toString("hex"), ours.raw.toString("base64")]);
    expect(verify(signed().toString("hex"), { keys })).toEqual({ ok: true, secretIndex: 1 });
  });

  it("may be tried with keys that are fetched, such as a JWKS", async () => {
    const fetched = ring(ours.raw.toString("hex"));
    expect(await verify(signed().toString("hex"), { keys: async (request) => fetched(request) })).toEqual(
      verified,
    );
  });
});

describe("a public key", () => {
  const forms: Readonly<Record<string, (pair: KeyPair) => string>> = {
    "hex of 32 bytes": ({ raw }) => raw.toString("hex"),
    "hex in upper case": ({ raw }) => raw.toString("hex").toUpperCase(),
    "base64 of 32 bytes": ({ raw }) => raw.toString("base64"),
    "base64 without padding": ({ raw }) => raw.toString("base64").replace("=", ""),
    "base64 of an SPKI": ({ spki }) => spki.toString("base64"),
    "whpk_ and base64 of 32 bytes": ({ raw }) => `whpk_${raw.toString("base64")}`,
    "whpk_ and base64 of an SPKI": ({ spki }) => `whpk_${spki.toString("base64")}`,
    "whpk_ and hex": ({ raw }) => `whpk_${raw.toString("hex")}`,
    "white space around it": ({ raw }) => `\t whpk_${raw.toString("base64")}\r\n`,
  };

  it.each(Object.entries(forms))("may be %s", (_what, write) => {
    // A raw key may begin as an SPKI does, or look like one in a byte: it is still itself.
    for (const pair of [ours, keyPair((raw) => raw[0] === 0x30)]) {
      const keys = ring(write(pair));
      expect(verify(signed(payload, pair).toString("hex"), { keys })).toEqual(verified);
      expect(verify(signed(payload, others).toString("hex"), { keys })).toEqual(mismatch);
    }
  });

  it("may be one of several, be found for a request, or be the environment's", () => {
    const text = ours.raw.toString("hex");
    const signature = signed().toString("hex");
    expect(verify(signature, { keys: ring(() => text) })).toEqual(verified);
    vi.stubEnv("ACME_PUBLIC_KEY", text);
    expect(verify(signature, { keys: ring(undefined) })).toEqual(verified);
  });

  const size =
    "acme: publicKey must be 32 bytes in hex, or base64 of 32 bytes or of a 44-byte SPKI, with or without whpk_.";

  it.each([
    ["33 bytes", Buffer.alloc(33, 9).toString("base64"), size],
    ["44 bytes that are no SPKI", Buffer.alloc(44, 9).toString("base64"), size],
    ["an SPKI that is cut", ours.spki.subarray(0, 43).toString("base64"), size],
    ["an SPKI with a byte too many", Buffer.concat([ours.spki, Buffer.of(0)]).toString("base64"), size],
    [
      "an SPKI of another algorithm",
      Buffer.concat([ours.spki.subarray(0, 8), Buffer.of(0x6e), ours.spki.subarray(9)]).toString("base64"),
      size,
    ],
    [
      "31 bytes",
      ours.raw.subarray(1).toString("base64"),
      "acme: the publicKey has 31 bytes; at least 32 are needed. Copy it whole.",
    ],
    [
      "hex that is cut",
      ours.raw.toString("hex").slice(0, 40),
      "acme: the publicKey has 30 bytes; at least 32 are needed. Copy it whole.",
    ],
    ["no base64", "!", "acme: the publicKey is not base64: character 1 after the prefix"],
    ["a secret", "whsec_abcd", "acme: the publicKey is a secret (whsec_): pass it as { secret }"],
    ["two keys in one text", "whpk_whpk_abcd", "acme: the publicKey is a public key (whpk_)"],
    ["hex with white space", ` ${"ab ".repeat(32)}`, "acme: the publicKey has white space inside"],
  ])("that is %s → invalid-secret, which says what is needed", (_what, text, message) => {
    expect(() => ring(text)).toThrow(
      expect.objectContaining({ code: "invalid-secret", message: expect.stringContaining(message) }),
    );
  });

  it("is asked for by its own names where it is missing", () => {
    vi.stubEnv("ACME_PUBLIC_KEY", undefined);
    expect(() => ring(undefined)).toThrow(
      "acme: the publicKey is not set. Pass { publicKey } or set ACME_PUBLIC_KEY.",
    );
  });

  it("shows in a message what its form is", () => {
    expect(() => ring("!")).toThrow("This sender's is whpk_ and base64");
  });
});
