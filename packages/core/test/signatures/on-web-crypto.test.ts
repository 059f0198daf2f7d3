import { createHash, createHmac, generateKeyPairSync, sign } from "node:crypto";
import type { SignedRequest } from "@latchhook/core";
import {
  body,
  bodyHash,
  ed25519KeyRing,
  ed25519Signature,
  header,
  hmacSignature,
  standardWebhooksSignature,
  timestamp,
} from "@latchhook/core/kit";
import { describe, expect, it, vi } from "vitest";

// What the `#crypto` import resolves to where there is no node:crypto: hashes and signatures come later.
vi.mock("#crypto", () => import("../../src/crypto/web.ts"));

const secret = "a-secret-of-some-length";
const seconds = 1_700_000_000;
const payload = Buffer.from('{"a":1}');
const hash = createHash("sha256").update(payload).digest("hex");

const hmac = (content: string, key: string | Uint8Array = secret) =>
  createHmac("sha256", key).update(content);
const keys = generateKeyPairSync("ed25519");

function request(headers: Readonly<Record<string, string>>): SignedRequest {
  return { headers, body: payload, receivedAt: seconds * 1000 };
}

const verified = { ok: true, secretIndex: 0 };
const mismatch = { ok: false, kind: "unauthentic", reason: "signature-mismatch" };

describe("a signature where the platform has Web Crypto alone", () => {
  it("may be an HMAC over the hash of the body, with text on both sides", async () => {
    const { verify } = hmacSignature({
      provider: "acme",
      secret,
      environmentVariable: "ACME_SECRET",
      headers: { signature: "x-signature", timestamp: "x-time" },
      content: [timestamp, ".", bodyHash, ".", header("x-id")],
    });
    const signature = hmac(`${seconds}.${hash}.id-1`).digest("hex");
    const headers = { "x-signature": signature, "x-time": `${seconds}`, "x-id": "id-1" };
    const result = verify(request(headers));
    expect(result).toBeInstanceOf(Promise);
    expect(await result).toEqual(verified);
    expect(await verify({ ...request(headers), body: Buffer.from("{}") })).toEqual(mismatch);
    expect(await verify(request({ ...headers, "x-id": "id-2" }))).toEqual(mismatch);
  });

  it("may be an Ed25519 signature", async () => {
    const publicKey = keys.publicKey.export({ format: "der", type: "spki" }).toString("base64");
    const { verify } = ed25519Signature({
      provider: "acme",
      keys: ed25519KeyRing({ provider: "acme", publicKey, environmentVariable: "ACME_PUBLIC_KEY" }),
      headers: { signature: "x-signature" },
      content: [body],
    });
    const signature = sign(null, payload, keys.privateKey).toString("hex");
    expect(await verify(request({ "x-signature": signature }))).toEqual(verified);
    expect(await verify(request({ "x-signature": "0".repeat(128) }))).toEqual(mismatch);
  });

  it("may be one of Standard Webhooks, of either version", async () => {
    const bytes = Buffer.alloc(24, 7);
    const { verify } = standardWebhooksSignature({
      provider: "acme",
      secret: `whsec_${bytes.toString("base64")}`,
      publicKey: `whpk_${keys.publicKey.export({ format: "der", type: "spki" }).toString("base64")}`,
      environmentVariable: "ACME_SECRET",
    });
    const verifyEntries = (...entries: readonly string[]) =>
      verify(
        request({
          "webhook-id": "msg_1",
          "webhook-timestamp": `${seconds}`,
          "webhook-signature": entries.join(" "),
        }),
      );
    const content = `msg_1.${seconds}.${payload}`;
    const v1 = `v1,${hmac(content, bytes).digest("base64")}`;
    const v1a = `v1a,${sign(null, Buffer.from(content), keys.privateKey).toString("base64")}`;
    const wrong = `v1,${hmac("another", bytes).digest("base64")}`;
    expect(await verifyEntries(v1)).toEqual(verified);
    expect(await verifyEntries(v1a)).toEqual(verified);
    expect(await verifyEntries(wrong, v1a)).toEqual(verified);
    expect(await verifyEntries(wrong)).toEqual(mismatch);
  });
});
