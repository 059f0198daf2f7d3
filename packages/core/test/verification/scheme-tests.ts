import { createHash, createHmac, generateKeyPairSync, sign } from "node:crypto";
import type { SignedRequest } from "@latchhook/core";
import {
  body,
  bodyHash,
  ed25519KeyRing,
  ed25519Signature,
  type HmacSignatureOptions,
  header,
  hmacSignature,
  type SignatureScheme,
  timestamp,
} from "@latchhook/core/kit";
import { describe, expect, it } from "vitest";

const secret = "a-secret-of-some-length";
const seconds = 1_790_000_000;
const receivedAt = seconds * 1000;
const payload = '{"a":1,"日":"🌅"}';

const keys = generateKeyPairSync("ed25519");
const publicKey = keys.publicKey.export({ format: "der", type: "spki" }).subarray(12).toString("hex");
const signEd25519 = (content: string) => sign(null, Buffer.from(content), keys.privateKey);

const hmac = (content: string, encoding: "hex" | "base64" | "base64url" = "hex", algorithm = "sha256") =>
  createHmac(algorithm, secret).update(content).digest(encoding);
const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

type Scheme = Partial<HmacSignatureOptions> & Pick<HmacSignatureOptions, "headers" | "content">;
const scheme = (options: Scheme): SignatureScheme =>
  hmacSignature({ provider: "acme", secret, environmentVariable: "ACME_SECRET", ...options });

interface Sender {
  readonly scheme: SignatureScheme;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

const url = "https://example.com/webhooks/square";
const iso = new Date(receivedAt).toISOString();

/** Real senders' constructions, each signed here by hand from its documentation. */
const senders: Readonly<Record<string, Sender>> = {
  "Slack: v0:timestamp:body": {
    scheme: scheme({
      headers: { signature: "x-slack-signature", timestamp: "x-slack-request-timestamp" },
      prefix: "v0=",
      content: ["v0:", timestamp, ":", body],
    }),
    headers: {
      "x-slack-signature": `v0=${hmac(`v0:${seconds}:${payload}`)}`,
      "x-slack-request-timestamp": `${seconds}`,
    },
  },
  "ElevenLabs: t=,v0= in one header": {
    scheme: scheme({
      headers: { packed: "elevenlabs-signature", timestamp: "t", signature: "v0" },
      content: [timestamp, ".", body],
    }),
    headers: { "elevenlabs-signature": `t=${seconds},v0=${hmac(`${seconds}.${payload}`)}` },
  },
  "OpenRouter: a comma between timestamp and body": {
    scheme: scheme({
      headers: { packed: "x-openrouter-signature", timestamp: "t", signature: "v1" },
      content: [timestamp, ",", body],
    }),
    headers: { "x-openrouter-signature": `t=${seconds},v1=${hmac(`${seconds},${payload}`)}` },
  },
  "Cloudflare Stream: time=,sig1=": {
    scheme: scheme({
      headers: { packed: "webhook-signature", timestamp: "time", signature: "sig1" },
      content: [timestamp, ".", body],
    }),
    headers: { "webhook-signature": `time=${seconds},sig1=${hmac(`${seconds}.${payload}`)}` },
  },
  "Paddle: a semicolon between fields, a colon in the content": {
    scheme: scheme({
      headers: { packed: "paddle-signature", timestamp: "ts", signature: "h1", separator: ";" },
      content: [timestamp, ":", body],
    }),
    headers: { "paddle-signature": `ts=${seconds};h1=${hmac(`${seconds}:${payload}`)}` },
  },
  "Retell: the body first, then milliseconds": {
    scheme: scheme({
      headers: { packed: "x-retell-signature", timestamp: "v", signature: "d" },
      timestampUnit: "milliseconds",
      content: [body, timestamp],
    }),
    headers: { "x-retell-signature": `v=${receivedAt},d=${hmac(`${payload}${receivedAt}`)}` },
  },
  "an ISO timestamp": {
    scheme: scheme({
      headers: { signature: "x-signature", timestamp: "x-time" },
      timestampUnit: "iso",
      content: [timestamp, "\n", body],
    }),
    headers: { "x-signature": hmac(`${iso}\n${payload}`), "x-time": iso },
  },
  "Shopify: base64 of the body": {
    scheme: scheme({
      headers: { signature: "x-shopify-hmac-sha256" },
      encoding: "base64",
      content: [body],
    }),
    headers: { "x-shopify-hmac-sha256": hmac(payload, "base64") },
  },
  "Vercel: SHA-1": {
    scheme: scheme({
      headers: { signature: "x-vercel-signature" },
      algorithm: "sha1",
      content: [body],
    }),
    headers: { "x-vercel-signature": hmac(payload, "hex", "sha1") },
  },
  "SHA-512 in base64url": {
    scheme: scheme({
      headers: { signature: "x-signature" },
      algorithm: "sha512",
      encoding: "base64url",
      content: [body],
    }),
    headers: { "x-signature": hmac(payload, "base64url", "sha512") },
  },
  "Square: the configured URL before the body": {
    scheme: scheme({
      headers: { signature: "x-square-hmacsha256-signature" },
      encoding: "base64",
      content: [url, body],
    }),
    headers: { "x-square-hmacsha256-signature": hmac(`${url}${payload}`, "base64") },
  },
  "a hash of the body in place of it, and signed headers": {
    scheme: scheme({
      headers: { signature: "x-signature", timestamp: "x-timestamp" },
      content: [header("x-request-id"), "\n", header("x-user-id"), "\n", timestamp, "\n", bodyHash],
    }),
    headers: {
      "x-signature": hmac(`req_1\nuser_1\n${seconds}\n${sha256(payload)}`),
      "x-timestamp": `${seconds}`,
      "x-request-id": "req_1",
      "x-user-id": "user_1",
    },
  },
  "Discord: Ed25519 over timestamp and body": {
    scheme: ed25519Signature({
      provider: "discord",
      keys: ed25519KeyRing({ provider: "discord", publicKey, environmentVariable: "DISCORD_PUBLIC_KEY" }),
      headers: { signature: "x-signature-ed25519", timestamp: "x-signature-timestamp" },
      content: [timestamp, body],
    }),
    headers: {
      "x-signature-ed25519": signEd25519(`${seconds}${payload}`).toString("hex"),
      "x-signature-timestamp": `${seconds}`,
    },
  },
  "fal: Ed25519 over ids, timestamp and the body's hash": {
    scheme: ed25519Signature({
      provider: "fal",
      keys: ed25519KeyRing({ provider: "fal", publicKey, environmentVariable: "FAL_PUBLIC_KEY" }),
      headers: { signature: "x-fal-webhook-signature", timestamp: "x-fal-webhook-timestamp" },
      content: [
        header("x-fal-webhook-request-id"),
        "\n",
        header("x-fal-webhook-user-id"),
        "\n",
        timestamp,
        "\n",
        bodyHash,
      ],
    }),
    headers: {
      "x-fal-webhook-signature": signEd25519(`r1\nu1\n${seconds}\n${sha256(payload)}`).toString("hex"),
      "x-fal-webhook-timestamp": `${seconds}`,
      "x-fal-webhook-request-id": "r1",
      "x-fal-webhook-user-id": "u1",
    },
  },
};

/** The one scheme over its parameters, over whichever crypto is in place. */
export function schemeTests(): void {
  describe.each(Object.entries(senders))("the construction %s", (_name, { scheme: made, headers }) => {
    const request = { headers, body: Buffer.from(payload), receivedAt };

    it("verifies", async () => {
      expect(made.precheck(request)).toBeUndefined();
      expect(await made.verify(request)).toEqual({ ok: true, secretIndex: 0 });
    });

    it("refuses another body, and every header left out or with one character more", async () => {
      await expectRefused(made, { ...request, body: Buffer.from(`${payload} `) }, "the body");
      for (const [name, value] of Object.entries(headers)) {
        const { [name]: _left, ...without } = headers;
        await expectRefused(made, { ...request, headers: without }, `without ${name}`);
        for (const changed of [`${value}0`, `0${value}`, ` ${value}`, `${value}, ${value}`, ""]) {
          const other = { ...request, headers: { ...headers, [name]: changed } };
          await expectRefused(made, other, `${name}: ${changed}`);
        }
      }
    });

    it("refuses it 301 s later, and 301 s before, where time is signed", async () => {
      const timed = /timestamp|milliseconds|t=|time|semicolon|comma|headers|fal/i.test(_name);
      for (const ms of [301_000, -301_000]) {
        const result = await made.verify({ ...request, receivedAt: receivedAt + ms });
        expect(result.ok, `${ms} ms`).toBe(!timed);
      }
    });
  });
}

async function expectRefused(made: SignatureScheme, request: SignedRequest, what: string): Promise<void> {
  const result = await made.verify(request);
  expect(result, what).toMatchObject({ ok: false, kind: "unauthentic" });
  const early = made.precheck(request);
  if (early !== undefined) expect(result, what).toEqual(early);
}
