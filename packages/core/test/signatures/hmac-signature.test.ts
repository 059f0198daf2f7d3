import { createHmac } from "node:crypto";
import type { SignedRequest } from "@latchhook/core";
import {
  body,
  type HashAlgorithm,
  type HmacSignatureOptions,
  hmacSignature,
  type SecretForm,
  type SignatureEncoding,
  timestamp,
} from "@latchhook/core/kit";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

const secret = "a-secret-of-some-length";
const base64 = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const payload = '{"a":1,"日":"🌅"}';
const seconds = 1_700_000_000;

/** Verifies what was signed with `key`, as a sender would whose headers are `x-signature` and `x-time`. */
function verify(
  signature: string,
  options: Partial<HmacSignatureOptions> = {},
  content: string | Uint8Array = payload,
) {
  const made = hmacSignature({
    provider: "acme",
    secret,
    environmentVariable: "ACME_SECRET",
    headers: { signature: "x-signature" },
    content: [body],
    ...options,
  });
  const request: SignedRequest = {
    headers: { "x-signature": signature, "x-time": `${seconds}` },
    body: Buffer.from(content),
    receivedAt: seconds * 1000,
  };
  return made.verify(request);
}

function sign(
  key: string | Uint8Array = secret,
  { content = payload, algorithm = "sha256", encoding = "hex" as SignatureEncoding } = {},
): string {
  return createHmac(algorithm, key).update(content).digest(encoding);
}

const verified = { ok: true, secretIndex: 0 };
const mismatch = { ok: false, kind: "unauthentic", reason: "signature-mismatch" };
const malformed = { ok: false, kind: "unauthentic", reason: "malformed-signature" };

beforeEach(() => {
  vi.spyOn(console, "warn").mockImplementation(() => {});
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

describe("an HMAC", () => {
  it("is SHA-256 in hex, under the whole text of the secret, where nothing else is asked for", () => {
    expect(verify(sign())).toEqual(verified);
    expect(verify(sign(`whsec_${base64}`), { secret: `whsec_${base64}` })).toEqual(verified);
  });

  it("is refused of another body, and under another secret", () => {
    expect(verify(sign(), {}, `${payload} `)).toEqual(mismatch);
    expect(verify(sign("another-secret-of-some-length"))).toEqual(mismatch);
  });

  const algorithms: readonly HashAlgorithm[] = ["sha1", "sha256", "sha512"];
  const encodings: readonly SignatureEncoding[] = ["hex", "base64", "base64url"];
  const kinds = algorithms.flatMap((algorithm) => encodings.map((encoding) => ({ algorithm, encoding })));

  it.each(kinds)("may be made with $algorithm and written in $encoding", (kind) => {
    const signature = sign(secret, kind);
    expect(verify(signature, kind)).toEqual(verified);
    expect(verify(`v0=${signature}`, { ...kind, prefix: "v0=" })).toEqual(verified);
    expect(verify(sign("another secret", kind), kind)).toEqual(mismatch);
    for (const other of kinds.filter((one) => one !== kind)) {
      expect(verify(signature, other), JSON.stringify(other)).not.toEqual(verified);
    }
  });

  it("has its prefix where the sender writes one, and none where it does not", () => {
    expect(verify(sign(), { prefix: "sha256=" })).toEqual(malformed);
    expect(verify(`sha256=${sign()}`)).toEqual(malformed);
  });

  it("is over text before and after the body", () => {
    const content = ["v0:", timestamp, ":", body, ":end"];
    const headers = { signature: "x-signature", timestamp: "x-time" };
    const signature = sign(secret, { content: `v0:${seconds}:${payload}:end` });
    expect(verify(signature, { headers, content })).toEqual(verified);
    expect(verify(sign(secret, { content: `v0:${seconds}:${payload}` }), { headers, content })).toEqual(
      mismatch,
    );
  });
});

describe("the secret of an HMAC", () => {
  it("may be several, and the one that matched is named", () => {
    const ring = { secret: ["next-secret-of-some-length", secret] };
    expect(verify(sign(), ring)).toEqual({ ok: true, secretIndex: 1 });
    expect(verify(sign("next-secret-of-some-length"), ring)).toEqual(verified);
  });

  it("may be found for a request", async () => {
    const signature = sign();
    expect(verify(signature, { secret: () => secret })).toEqual(verified);
    const later = {
      secret: async ({ headers }: SignedRequest) => `${(headers as Record<string, string>)["x-time"]} secret`,
    };
    expect(await verify(sign(`${seconds} secret`), later)).toEqual(verified);
    expect(await verify(signature, later)).toEqual(mismatch);
  });

  it("is the environment's where it is left out", () => {
    vi.stubEnv("ACME_SECRET", secret);
    expect(verify(sign(), { secret: undefined })).toEqual(verified);
    vi.stubEnv("ACME_SECRET", undefined);
    expect(() => verify(sign(), { secret: undefined })).toThrow(
      "acme: the secret is not set. Pass { secret } or set ACME_SECRET.",
    );
  });

  it.each<readonly [SecretForm, string, string | Uint8Array]>([
    ["utf8", `whsec_${base64}`, `whsec_${base64}`],
    ["utf8-after-prefix", `whsec_${base64}`, base64],
    ["base64", `whsec_${base64}`, Buffer.from(base64, "base64")],
    ["base64-or-utf8", base64, base64],
  ])("becomes a key in the sender's form: %s", (secretForm, text, key) => {
    expect(verify(sign(key), { secretForm, secret: text })).toEqual(verified);
    expect(verify(sign("another key"), { secretForm, secret: text })).toEqual(mismatch);
  });

  it("may have a prefix of the sender's own", () => {
    const options = { secretForm: "base64", secretPrefix: "sk_", secret: `sk_${base64}` } as const;
    expect(verify(sign(Buffer.from(base64, "base64")), options)).toEqual(verified);
    expect(() => verify(sign(), { ...options, secret: `whsec_${base64}` })).toThrow(/acme: the secret/);
  });

  it.each<readonly [SecretForm, number]>([
    ["utf8", 1],
    ["utf8-after-prefix", 1],
    ["base64-or-utf8", 1],
    // Its length is checked instead.
    ["base64", 0],
  ])("that can be guessed is warned of, once, where it is text: %s", (secretForm, warnings) => {
    const provider = `acme-${secretForm}`;
    const options = { provider, secretForm, secret: "A".repeat(24) };
    verify(sign(), options);
    verify(sign(), options);
    expect(vi.mocked(console.warn).mock.calls.map(([text]) => String(text))).toEqual(
      Array(warnings).fill(expect.stringContaining(`${provider}: the secret is the same few characters`)),
    );
  });
});
