import {
  createHash,
  createHmac,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
} from "node:crypto";
import { type JwtSignatureOptions, jwtKeySet, jwtSecretRing, jwtSignature } from "@latchhook/core/jwt";
import { SignJWT } from "jose";
import { describe, expect, it, vi } from "vitest";

const secret = "a-secret-of-some-length";
const seconds = 1_790_000_000;
const receivedAt = seconds * 1000;
const payload = Buffer.from('{"a":1,"日":"🌅"}');
const hash = createHash("sha256").update(payload);
const bodyHash = hash.copy().digest("base64");
const claims = { iss: "acme", sub: "url", aud: "us", exp: seconds + 300, nbf: seconds, hash: bodyHash };

const part = (value: unknown) =>
  Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url");

/** A token made by hand: header, claims and signature can be what no library would make. */
function tokenOf(content: unknown, header: unknown = { alg: "HS256", typ: "JWT" }, key = secret): string {
  const signed = `${part(header)}.${part(content)}`;
  return `${signed}.${createHmac("sha256", key).update(signed).digest("base64url")}`;
}

const scheme = (options: Partial<JwtSignatureOptions> = {}) =>
  jwtSignature({
    provider: "acme",
    keys: jwtSecretRing({ provider: "acme", secret, environmentVariable: "ACME_SECRET" }),
    algorithm: "HS256",
    header: "x-token",
    issuer: ["acme"],
    subject: ["url"],
    audience: ["us"],
    bodyHashClaim: "hash",
    ...options,
  });

async function resultOf(made: ReturnType<typeof scheme>, token: string, body: Uint8Array = payload) {
  const headers = { "x-token": token };
  const result = await made.verify({ headers, body, receivedAt });
  const early = made.precheck({ headers, receivedAt });
  if (early !== undefined) expect(early).toEqual(result);
  return result.ok ? result.secretIndex : result.reason;
}

describe("a JSON Web Token with a hash of the body", () => {
  it("verifies, made by hand and by jose, its hash in either alphabet", async () => {
    expect(await resultOf(scheme(), tokenOf(claims))).toBe(0);
    for (const encoding of ["base64", "base64url"] as const) {
      const token = await new SignJWT({ ...claims, hash: hash.copy().digest(encoding) })
        .setProtectedHeader({ alg: "HS256" })
        .sign(new TextEncoder().encode(secret));
      expect(await resultOf(scheme(), token)).toBe(0);
    }
  });

  it("is tried under several secrets", async () => {
    const keys = jwtSecretRing({
      provider: "acme",
      secret: ["the-first-of-two-secrets", ` ${secret}\n`],
      environmentVariable: "ACME_SECRET",
    });
    expect(await resultOf(scheme({ keys }), tokenOf(claims))).toBe(1);
    const other = tokenOf(claims, undefined, "another-secret-altogether");
    expect(await resultOf(scheme({ keys }), other)).toBe("signature-mismatch");
  });

  it("verifies no other body", async () => {
    const made = scheme();
    for (let bit = 0; bit < payload.byteLength * 8; bit++) {
      const body = Uint8Array.from(payload);
      body[bit >> 3] = (body[bit >> 3] as number) ^ (1 << (bit & 7));
      expect(await resultOf(made, tokenOf(claims), body)).toBe("signature-mismatch");
    }
  });

  it("verifies with no bit of it flipped, and in no other spelling", async () => {
    const [made, token] = [scheme(), tokenOf(claims)];
    for (let bit = 0; bit < token.length * 8; bit++) {
      const index = bit >> 3;
      const flipped = String.fromCharCode(token.charCodeAt(index) ^ (1 << (bit & 7)));
      expect(await resultOf(made, token.slice(0, index) + flipped + token.slice(index + 1))).not.toBe(0);
    }
    for (const other of [
      `${token}=`,
      `${token} `,
      ` ${token}`,
      `${token}, ${token}`,
      `${token}.`,
      `Bearer ${token}`,
    ]) {
      expect(await resultOf(made, other), other).toBe("malformed-signature");
    }
  });

  it.each([
    [{ ...claims, exp: seconds - 299 }, 0],
    [{ ...claims, exp: seconds - 300 }, "stale-timestamp"],
    [{ ...claims, nbf: seconds + 300 }, 0],
    [{ ...claims, nbf: seconds + 301 }, "future-timestamp"],
    [{ ...claims, nbf: undefined }, 0],
    [{ ...claims, exp: undefined }, "missing-timestamp"],
    [{ ...claims, exp: "1790000300" }, "malformed-timestamp"],
    [{ ...claims, exp: null }, "malformed-timestamp"],
    [{ ...claims, nbf: {} }, "malformed-timestamp"],
    [{ ...claims, exp: seconds + 86_700 }, 0],
    [{ ...claims, exp: seconds + 86_701 }, "future-timestamp"],
    [{ ...claims, iss: "other" }, "wrong-audience"],
    [{ ...claims, iss: undefined }, "wrong-audience"],
    [{ ...claims, iss: ["acme"] }, "wrong-audience"],
    [{ ...claims, sub: "URL" }, "wrong-audience"],
    [{ ...claims, aud: "them" }, "wrong-audience"],
    [{ ...claims, aud: ["them", "us"] }, 0],
    [{ ...claims, aud: [] }, "wrong-audience"],
    [{ ...claims, hash: undefined }, "malformed-signature"],
    [{ ...claims, hash: [bodyHash] }, "malformed-signature"],
    [{ ...claims, hash: "" }, "signature-mismatch"],
    [{ ...claims, hash: hash.copy().digest("hex") }, "signature-mismatch"],
    ["no JSON", "malformed-signature"],
    [[claims], "malformed-signature"],
    [null, "malformed-signature"],
  ])("claims %j → %s", async (content, result) => {
    expect(await resultOf(scheme(), tokenOf(content))).toBe(result);
  });

  it.each([
    [{ alg: "none" }, "malformed-signature"],
    [{ alg: "HS512" }, "malformed-signature"],
    [{ alg: "RS256" }, "malformed-signature"],
    [{ alg: "hs256" }, "malformed-signature"],
    [{ alg: ["HS256"] }, "malformed-signature"],
    [{ typ: "JWT" }, "malformed-signature"],
    ["no JSON", "malformed-signature"],
    [{ alg: "HS256", crit: ["b64"], b64: false }, "signature-mismatch"],
    [{ alg: "HS256", crit: ["other"], other: 1 }, "signature-mismatch"],
    [{ alg: "HS256", kid: "unknown" }, 0],
  ])("the header %j → %s", async (header, result) => {
    expect(await resultOf(scheme(), tokenOf(claims, header))).toBe(result);
  });

  it.each([
    ["", "missing-signature"],
    [" ", "missing-signature"],
    ["a.b", "malformed-signature"],
    ["..", "malformed-signature"],
    [`${part({ alg: "none" })}.${part(claims)}.`, "malformed-signature"],
    [tokenOf({ ...claims, more: "x".repeat(8_192) }), "malformed-signature"],
    ["\u0130.\u0130.\u0130\u0130", "malformed-signature"],
  ])("the token %.20s → %s", async (token, result) => {
    expect(await resultOf(scheme(), token)).toBe(result);
  });

  it("stands after Bearer where the sender has it so, and not otherwise", async () => {
    const made = scheme({ scheme: "bearer" });
    expect(await resultOf(made, `Bearer ${tokenOf(claims)}`)).toBe(0);
    expect(await resultOf(made, tokenOf(claims))).toBe("malformed-signature");
  });
});

describe("a JSON Web Token under keys that a sender publishes", () => {
  const keys = Array.from(
    { length: 2 },
    () => generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey,
  );
  const [first, second] = keys as [KeyObject, KeyObject];
  const jwkOf = (key: KeyObject, kid?: string) => ({
    ...createPublicKey(key).export({ format: "jwk" }),
    ...(kid === undefined ? {} : { kid }),
  });

  function tokenBy(key: KeyObject, kid?: string, alg = "RS256"): string {
    const signed = `${part({ alg, kid })}.${part({ ...claims, email_verified: true })}`;
    return `${signed}.${sign("sha256", Buffer.from(signed), key).toString("base64url")}`;
  }

  function trial(published: readonly unknown[], exact?: JwtSignatureOptions["claims"]) {
    const fetchKeys = vi.fn(async () => Response.json({ keys: published }));
    const set = jwtKeySet({ provider: "acme", url: "https://acme.example/certs", fetchKeys });
    return {
      fetchKeys,
      made: scheme({ keys: set, algorithm: "RS256", bodyHashClaim: undefined, claims: exact }),
    };
  }

  it("verifies under the key that it names, or under any without an id", async () => {
    const { made, fetchKeys } = trial([jwkOf(first, "1"), jwkOf(second, "2")]);
    expect(await resultOf(made, tokenBy(first, "1"))).toBe(0);
    expect(await resultOf(made, tokenBy(second, "2"))).toBe(1);
    expect(await resultOf(made, tokenBy(first, "2"))).toBe("signature-mismatch");
    expect(await resultOf(made, tokenBy(first))).toBe("signature-mismatch");
    expect(await resultOf(trial([jwkOf(first)]).made, tokenBy(first, "1"))).toBe(0);
    expect(fetchKeys).toHaveBeenCalledTimes(1);
  });

  it("under an id that is not known, is looked for once a minute", async () => {
    vi.useFakeTimers({ toFake: ["Date"], now: receivedAt });
    const published = [jwkOf(first, "1")];
    const { made, fetchKeys } = trial(published);
    expect(await resultOf(made, tokenBy(first, "1"))).toBe(0);
    published[0] = jwkOf(second, "2");
    vi.setSystemTime(receivedAt + 60_000);
    expect(await resultOf(made, tokenBy(second, "2"))).toBe(0);
    for (let round = 0; round < 10; round++) expect(await resultOf(made, tokenBy(first, "3"))).not.toBe(0);
    expect(fetchKeys).toHaveBeenCalledTimes(2);
    vi.useRealTimers();
  });

  it("never takes the public key for a secret", async () => {
    const { made } = trial([jwkOf(first, "1")]);
    const pem = createPublicKey(first).export({ format: "pem", type: "spki" }) as string;
    for (const alg of ["HS256", "RS256"]) {
      expect(await resultOf(made, tokenOf(claims, { alg, kid: "1" }, pem)), alg).not.toBe(0);
    }
  });

  it("wants claims that are exactly so", async () => {
    const published = [jwkOf(first)];
    expect(await resultOf(trial(published, { email_verified: [false, true] }).made, tokenBy(first))).toBe(0);
    const others: readonly Record<string, readonly (string | boolean)[]>[] = [
      { email_verified: [false] },
      { email_verified: ["true"] },
      { email: ["x"] },
      { toString: ["x"] },
      { email: [] },
    ];
    for (const exact of others) {
      expect(await resultOf(trial(published, exact).made, tokenBy(first))).toBe("wrong-audience");
    }
  });

  it("has keys of other kinds, uses and sizes skipped", async () => {
    const small = generateKeyPairSync("rsa", { modulusLength: 1024 }).privateKey;
    const { made } = trial([
      jwkOf(generateKeyPairSync("ed25519").privateKey),
      { ...jwkOf(second), use: "enc" },
      { ...jwkOf(second), alg: "RS512" },
      { ...jwkOf(second), n: "!".repeat(342) },
      { ...jwkOf(second), e: 3 },
      jwkOf(small),
      jwkOf(first),
    ]);
    expect(await resultOf(made, tokenBy(first))).toBe(0);
    expect(await resultOf(made, tokenBy(second))).toBe("signature-mismatch");
    expect(await resultOf(made, tokenBy(small))).toBe("signature-mismatch");
  });
});
