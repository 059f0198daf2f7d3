import { createHash, createHmac, generateKeyPairSync, sign } from "node:crypto";
import type { SignedRequest } from "@latchhook/core";
import {
  body,
  bodyHash,
  type ContentPart,
  ed25519KeyRing,
  ed25519Signature,
  type HmacSignatureOptions,
  header,
  hmacSignature,
  type SignatureScheme,
  timestamp,
} from "@latchhook/core/kit";
import Stripe from "stripe";
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

  packedTests();
  timestampUnitTests();
  contentTests();
}

async function expectRefused(made: SignatureScheme, request: SignedRequest, what: string): Promise<void> {
  const result = await made.verify(request);
  expect(result, what).toMatchObject({ ok: false, kind: "unauthentic" });
  const early = made.precheck(request);
  if (early !== undefined) expect(result, what).toEqual(early);
}

function packedTests(): void {
  describe("signatures packed into one header", () => {
    const made = scheme({
      headers: { packed: "stripe-signature", timestamp: "t", signature: "v1" },
      content: [timestamp, ".", body],
    });
    const right = hmac(`${seconds}.${payload}`);
    const wrong = "0".repeat(64);
    const reasonOf = async (value: string) => {
      const headers = { "stripe-signature": value };
      const result = await made.verify({ headers, body: Buffer.from(payload), receivedAt });
      return result.ok ? "verified" : result.reason;
    };

    it("stripe: what its SDK signs verifies", async () => {
      const value = Stripe.webhooks.generateTestHeaderString({ payload, secret, timestamp: seconds });
      expect(await reasonOf(value)).toBe("verified");
    });

    it("the published vector of Stripe", async () => {
      const vector = hmacSignature({
        provider: "stripe",
        secret: "whsec_test",
        environmentVariable: "STRIPE_SECRET",
        headers: { packed: "stripe-signature", timestamp: "t", signature: "v1" },
        content: [timestamp, ".", body],
      });
      const signature = "38877139021993b830af32feea6e18a8da83eb2f6e49ee50bd9e4cf4ca4d3789";
      const headers = { "stripe-signature": `t=1700000000,v1=${signature}` };
      const request = { headers, body: Buffer.from('{"a":1}'), receivedAt: 1_700_000_000_000 };
      expect(await vector.verify(request)).toEqual({ ok: true, secretIndex: 0 });
    });

    it.each([
      ["two, the second right", `t=${seconds},v1=${wrong},v1=${right}`, "verified"],
      ["fields in another order", `v1=${right},t=${seconds}`, "verified"],
      ["fields of other names", `t=${seconds},v0=${wrong},v1=${right},x=1`, "verified"],
      ["a misshapen one beside the right one", `t=${seconds},v1=abc,v1=${right}`, "malformed-signature"],
      ["upper case", `t=${seconds},v1=${right.toUpperCase()}`, "verified"],
      ["31 others before the right one", `${`v1=${wrong},`.repeat(31)}v1=${right},t=${seconds}`, "verified"],
      ["33 fields and the time", `${`v1=${wrong},`.repeat(33)}t=${seconds}`, "too-many-signatures"],
      ["a hundred thousand", `${`v1=${right},`.repeat(100_000)}t=${seconds}`, "too-many-signatures"],
      ["only another version", `t=${seconds},v0=${right}`, "missing-signature"],
      ["none", `t=${seconds}`, "missing-signature"],
      ["only a misshapen one", `t=${seconds},v1=${right.slice(1)}`, "malformed-signature"],
      ["no time", `v1=${right}`, "missing-timestamp"],
      ["an empty time", `t=,v1=${right}`, "missing-timestamp"],
      ["two times", `t=${seconds},t=${seconds},v1=${right}`, "malformed-timestamp"],
      ["a field without a name", `t=${seconds},v1=${right},=1`, "malformed-signature"],
      ["a field without a value sign", `t=${seconds},v1=${right},v2`, "malformed-signature"],
      ["a space after the comma", `t=${seconds}, v1=${right}`, "malformed-signature"],
      ["another separator", `t=${seconds};v1=${right}`, "missing-signature"],
      ["the wrong one", `t=${seconds},v1=${wrong}`, "signature-mismatch"],
    ])("%s → %s", async (_what, value, expected) => {
      expect(await reasonOf(value)).toBe(expected);
    });
  });
}

function timestampUnitTests(): void {
  describe.each([
    ["milliseconds", [`${receivedAt}`], [`${seconds}`, `0${receivedAt}`, `${receivedAt}0`, "1e12", iso]],
    [
      "iso",
      [iso, iso.replace("Z", "+00:00"), iso.replace(".000", "")],
      [`${seconds}`, `${receivedAt}`, "yesterday", "2026", "5", iso.slice(0, 10), ` ${iso}`],
    ],
  ] as const)("timestamps in %s", (timestampUnit, good, bad) => {
    const made = scheme({
      headers: { signature: "x-signature", timestamp: "x-time" },
      timestampUnit,
      toleranceSeconds: 60,
      content: [timestamp, ".", body],
    });
    const reasonOf = async (text: string, ageMs = 0) => {
      const headers = { "x-signature": hmac(`${text}.${payload}`), "x-time": text };
      const result = await made.verify({
        headers,
        body: Buffer.from(payload),
        receivedAt: receivedAt + ageMs,
      });
      return result.ok ? "verified" : result.reason;
    };

    it.each(good)("%s is one", async (text) => {
      expect(await reasonOf(text)).toBe("verified");
    });

    it.each(bad)("%s is none, signed as it is", async (text) => {
      expect(await reasonOf(text)).toBe("malformed-timestamp");
    });

    it("is believed up to the tolerance, to the millisecond, both ways", async () => {
      const [text] = good;
      expect(await reasonOf(text, 60_000)).toBe("verified");
      expect(await reasonOf(text, 60_001)).toBe("stale-timestamp");
      expect(await reasonOf(text, -60_000)).toBe("verified");
      expect(await reasonOf(text, -60_001)).toBe("future-timestamp");
    });
  });
}

function contentTests(): void {
  describe("signed content", () => {
    const headers = { signature: "x-signature" };

    it.each<readonly [string, readonly ContentPart[]]>([
      ["nothing", []],
      ["no body", ["v0:"]],
      ["the body twice", [body, ".", body]],
      ["body and hash", [body, ".", bodyHash]],
      ["a header beside the body", [header("x-id"), body]],
      ["a header after the body", [body, header("x-id")]],
      ["two headers side by side", [header("x-id"), header("x-user"), ".", body]],
    ])("of %s → throws when the scheme is made", (_what, content) => {
      expect(() => scheme({ headers, content })).toThrow(expect.objectContaining({ code: "invalid-option" }));
    });

    it("with a time that is read and not signed, or signed and not read → throws", () => {
      const named = { signature: "x-signature", timestamp: "x-time" };
      expect(() => scheme({ headers: named, content: [body] })).toThrow(/timestamp/);
      expect(() => scheme({ headers, content: [timestamp, ".", body] })).toThrow(/timestamp/);
    });

    it("refuses a signed header that would let it be split anew", async () => {
      const made = scheme({ headers, content: [header("x-id"), ".:", body] });
      const reasonOf = async (id: string) => {
        const signed = { "x-id": id, "x-signature": hmac(`${id}.:${payload}`) };
        const result = await made.verify({ headers: signed, body: Buffer.from(payload) });
        return result.ok ? "verified" : result.reason;
      };
      expect(await reasonOf("id-1")).toBe("verified");
      expect(await reasonOf("i".repeat(256))).toBe("verified");
      for (const id of ["a.b", "a:b", "a b", "é", "i".repeat(257), "a\n"]) {
        expect(await reasonOf(id), id).toBe("malformed-id");
      }
      expect(await reasonOf("")).toBe("missing-id");
    });

    it("takes text from the request: Twilio's URL and sorted parameters, its published vector", async () => {
      const made = hmacSignature({
        provider: "twilio",
        secret: "12345",
        environmentVariable: "TWILIO_AUTH_TOKEN",
        headers: { signature: "x-twilio-signature" },
        algorithm: "sha1",
        encoding: "base64",
        content: [
          "https://mycompany.com/myapp.php?foo=1&bar=2",
          (request) =>
            [...new URLSearchParams(new TextDecoder().decode(request.body))]
              .sort(([first], [second]) => (first < second ? -1 : 1))
              .flat()
              .join(""),
        ],
      });
      const form =
        "To=%2B18005551212&CallSid=CA1234567890ABCDE&Caller=%2B14158675309&Digits=1234&From=%2B14158675309";
      const request = {
        headers: { "x-twilio-signature": "RSOYDt4T1cUTdK1PDd93/VVr8B8=" },
        body: Buffer.from(form),
      };
      expect(await made.verify(request)).toEqual({ ok: true, secretIndex: 0 });
      const other = { ...request, body: Buffer.from(form.replace("1234&", "1235&")) };
      expect(await made.verify(other)).toMatchObject({ ok: false, reason: "signature-mismatch" });
    });
  });
}
