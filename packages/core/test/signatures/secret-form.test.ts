import { createHmac } from "node:crypto";
import { isLatchhookError, verifyWebhook } from "@latchhook/core";
import { ed25519KeyRing, hexBytes, type SecretForm, secretBytes } from "@latchhook/core/kit";
import { standardWebhooks } from "@latchhook/core/providers/standard-webhooks";
import { videogen } from "@latchhook/core/providers/videogen";
import { signStandardWebhooks } from "@latchhook/testing";
import { describe, expect, it } from "vitest";

const base64 = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const bytes = Buffer.from(base64, "base64");

function keyOf(secret: string, form: SecretForm, prefix?: string): Buffer {
  return Buffer.from(secretBytes(secret, { provider: "acme", form, prefix }));
}

describe("the form of a secret", () => {
  it.each<readonly [string, SecretForm, Buffer]>([
    [`whsec_${base64}`, "utf8", Buffer.from(`whsec_${base64}`)],
    [` whsec_${base64}\n`, "utf8", Buffer.from(`whsec_${base64}`)],
    [`whsec_${base64}`, "utf8-after-prefix", Buffer.from(base64)],
    [base64, "utf8-after-prefix", Buffer.from(base64)],
    [`whsec_${base64}`, "base64", bytes],
    [base64, "base64", bytes],
    [`v1,whsec_${base64}`, "base64", bytes],
    [` v1,whsec_${base64} `, "base64", bytes],
    [`whsec_${base64}`, "base64-or-utf8", bytes],
    [`v1,whsec_${base64}`, "base64-or-utf8", bytes],
    [base64, "base64-or-utf8", Buffer.from(base64)],
    ["any text at all", "base64-or-utf8", Buffer.from("any text at all")],
    ["any whsec_ inside", "base64-or-utf8", Buffer.from("any whsec_ inside")],
    ["v1,no prefix", "base64-or-utf8", Buffer.from("v1,no prefix")],
  ])("%j as %s", (secret, form, expected) => {
    expect(keyOf(secret, form)).toEqual(expected);
  });

  it.each([24, 25, 26])("%i bytes of base64, padded or not", (length) => {
    const key = Buffer.alloc(length, 7);
    const padded = key.toString("base64");
    for (const text of [padded, padded.replace(/=+$/, "")]) expect(keyOf(text, "base64")).toEqual(key);
  });

  it("may have another prefix", () => {
    expect(keyOf(`sk_${base64}`, "base64", "sk_")).toEqual(bytes);
    expect(keyOf(`sk_${base64}`, "utf8-after-prefix", "sk_")).toEqual(Buffer.from(base64));
  });

  it.each([
    [`whsec_${base64.replace("f", "-")}`, /character 2 after the prefix/],
    [`whsec_-${base64.slice(1)}`, /the secret is not base64: character 1 after the prefix/],
    [`whsec_${base64.slice(0, 4)}=${base64.slice(4)}`, /character 5 after the prefix/],
    [`whsec_${base64.slice(0, 4)}"${base64.slice(4)}`, /character 5 after the prefix/],
    [`whsec_whsec_${base64}`, /character 6 after the prefix/],
    [`"${base64}`, /quotation marks/],
    [`${base64}'`, /quotation marks/],
    [`whsec_${base64.slice(0, 10)} ${base64.slice(10)}`, /white space/],
    [`"whsec_${base64}"`, /quotation marks/],
    [`whsec_${base64}A`, /part of it is missing/],
    ["whsec_=", /part of it is missing/],
    [`whpk_${base64}`, /public key \(whpk_\): pass it as \{ publicKey \}/],
    [`whsk_${base64}`, /private key \(whsk_\)/],
    [`whsec_${Buffer.alloc(15, 7).toString("base64")}`, /15 bytes; at least 16/],
    [`whsec_${base64}====`, /not base64/],
  ])(
    "strict base64: %j is refused, and the message says what is wrong without showing it",
    (secret, what) => {
      const error = errorOf(() => videogen({ secret }));
      expect(error).toMatchObject({ code: "invalid-secret", message: expect.stringMatching(what) });
      expect(error.message).not.toContain(base64.slice(0, 8));
    },
  );

  it("a message names the form that the sender shows", () => {
    expect(() => videogen({ secret: "not base64!" })).toThrow("videogen: ");
    expect(() => videogen({ secret: "not-base64!" })).toThrow("whsec_ and base64");
    expect(() => videogen({ secret: "not-base64!" })).toThrow("another secret form");
  });
});

describe("senders of Standard Webhooks that key in another way", () => {
  const body = Buffer.from('{"type":"order.paid"}');
  const timestamp = Math.floor(Date.now() / 1000);

  /** Signed by hand: the published helpers only know base64. */
  function sign(key: string | Uint8Array) {
    const digest = createHmac("sha256", key).update(`msg_1.${timestamp}.`).update(body).digest("base64");
    return {
      headers: {
        "webhook-id": "msg_1",
        "webhook-timestamp": `${timestamp}`,
        "webhook-signature": `v1,${digest}`,
      },
      body,
    };
  }

  it.each<readonly [string, string, SecretForm, string | Uint8Array]>([
    ["Polar: the UTF-8 of the whole", `whsec_${base64}`, "utf8", `whsec_${base64}`],
    ["Polar, with characters outside base64", "polar_whs_AbC-_!", "utf8", "polar_whs_AbC-_!"],
    ["OpenAI with the prefix: base64", `whsec_${base64}`, "base64-or-utf8", bytes],
    ["OpenAI without: UTF-8", base64, "base64-or-utf8", base64],
    ["WaveSpeed: the UTF-8 after the prefix", `whsec_${base64}`, "utf8-after-prefix", base64],
  ])("%s", async (_what, secret, secretForm, key) => {
    const provider = standardWebhooks({ secret, secretForm });
    expect(await verifyWebhook(provider, sign(key))).toMatchObject({ ok: true, secretIndex: 0 });
    expect(await verifyWebhook(provider, sign(`${key}x`))).toMatchObject({ ok: false });
  });

  it("Supabase shows the version before the secret", async () => {
    const request = signStandardWebhooks({ secret: `whsec_${base64}`, body });
    const provider = standardWebhooks({ secret: `v1,whsec_${base64}` });
    expect(await verifyWebhook(provider, request)).toMatchObject({ ok: true });
    expect(() => standardWebhooks({ secret: "v1,whsec_" })).toThrow(
      expect.objectContaining({ code: "missing-secret" }),
    );
  });
});

describe("a public key", () => {
  const raw = Buffer.alloc(32, 9);
  const ring = (publicKey: string) =>
    ed25519KeyRing({ provider: "acme", publicKey, environmentVariable: "ACME_PUBLIC_KEY" });

  it.each([raw.toString("hex"), raw.toString("hex").toUpperCase(), `whpk_${raw.toString("base64")}`])(
    "%s is one",
    (text) => {
      expect(() => ring(text)).not.toThrow();
    },
  );

  it.each([raw.toString("hex").slice(2), `${raw.toString("hex")}00`, "", "whsec_abcd", "zz".repeat(32)])(
    "%j is none",
    (text) => {
      expect(() => ring(text)).toThrow(/acme: (the )?publicKey/);
    },
  );

  it("that is a secret is told apart from one", () => {
    expect(() => ring(`whsec_${base64}`)).toThrow(/is a secret \(whsec_\): pass it as \{ secret \}/);
    expect(() => ring(`${base64}whsec_`)).toThrow(/not base64/);
  });

  it("that is missing is asked for by its own name", () => {
    const make = () =>
      ed25519KeyRing({ provider: "acme", publicKey: undefined, environmentVariable: "NONE" });
    expect(make).toThrow("acme: the publicKey is not set. Pass { publicKey } or set NONE.");
  });
});

describe("hex", () => {
  it.each([
    ["00fF10", 3, Uint8Array.of(0, 255, 16)],
    ["", 0, new Uint8Array()],
    ["00ff", 3, undefined],
    ["00ff1000", 3, undefined],
    ["00ff1g", 3, undefined],
  ])("%j of %i bytes", (text, length, expected) => {
    expect(hexBytes(text, length)).toEqual(expected);
  });
});

function errorOf(make: () => unknown): Error {
  try {
    make();
  } catch (error) {
    if (isLatchhookError(error)) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}
