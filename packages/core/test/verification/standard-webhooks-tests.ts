import { generateKeyPairSync } from "node:crypto";
import { standardWebhooks } from "@latchhook/core/providers/standard-webhooks";
import { videogen } from "@latchhook/core/providers/videogen";
import { signStandardWebhooks } from "@latchhook/testing";
import { describe, expect, it } from "vitest";
import { hmacOf, type PlainRequest, timestampedDialects, withHeader } from "../support/dialects.ts";
import { signatureVectors } from "../support/signature-vectors.ts";
import { expectProcessed, expectRefused, trialReceiver } from "../support/trial-receiver.ts";

const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const body = { type: "invoice.paid", data: { id: "inv_1" } };

const keys = generateKeyPairSync("ed25519");
const privateKey = `whsk_${keys.privateKey.export({ format: "der", type: "pkcs8" }).toString("base64")}`;
const spki = keys.publicKey.export({ format: "der", type: "spki" });
const publicKeys = {
  "44-byte SPKI": `whpk_${spki.toString("base64")}`,
  "32 raw bytes": `whpk_${spki.subarray(12).toString("base64")}`,
  "32 raw bytes, unpadded and without prefix": spki.subarray(12).toString("base64").replace(/=+$/, ""),
};
const publicKey = publicKeys["44-byte SPKI"];

function genuine(id = "msg_1"): PlainRequest {
  return signStandardWebhooks({ secret, body, id });
}

function signatureOf({ headers }: PlainRequest): string {
  return headers["webhook-signature"] as string;
}

function withSignatures(request: PlainRequest, ...signatures: readonly string[]): PlainRequest {
  return withHeader(request, "webhook-signature", signatures.join(" "));
}

async function expectStatus(
  options: Parameters<typeof standardWebhooks>[0],
  request: PlainRequest,
  status: number,
  what: string,
): Promise<void> {
  const trial = trialReceiver(standardWebhooks(options));
  const answer = await trial.post(request);
  if (status === 200) expectProcessed(answer, what);
  else expectRefused(trial, answer, status, what);
}

/** Acceptance group B, over whichever crypto is in place. */
export function standardWebhooksTests(): void {
  describe("Standard Webhooks", () => {
    idTests();
    listTests();
    asymmetricTests();
    secretFormTests();
    vectorTests();
  });
}

function idTests(): void {
  const bad = {
    empty: "",
    blank: " ",
    long: "i".repeat(257),
    dotted: "msg.1",
    spaced: "msg 1",
    tab: "msg\t1",
  };
  const controls = {
    nul: "msg\0",
    "line feed": "msg\n1",
    delete: "msg\x7f",
    latin1: "msg\u00e9",
    emoji: "msg🌅",
  };

  it.each(Object.entries({ ...bad, ...controls }))(
    "B22 an id that is %s, signed as it is → 401",
    async (what, id) => {
      await expectStatus({ secret }, genuine(id), 401, what);
    },
  );

  it("B22 a missing id → 401", async () => {
    await expectStatus({ secret }, withHeader(genuine(), "webhook-id", undefined), 401, "missing");
  });

  it.each(["i", "i".repeat(256), "msg_~!#$%&'()*+,-/:;<=>?@[]^`{|}"])("B22 the id %s → 200", async (id) => {
    await expectStatus({ secret }, genuine(id), 200, id);
  });

  it("B31 id, timestamp and body split anew under one signature → 401", async () => {
    const timestamp = Math.floor(Date.now() / 1000);
    const request = signStandardWebhooks({
      secret,
      id: "msg_1",
      timestamp,
      body: `${timestamp}.{"forged":true}`,
    });
    const split: PlainRequest = {
      headers: { ...request.headers, "webhook-id": `msg_1.${timestamp}` },
      body: Buffer.from('{"forged":true}'),
    };
    await expectStatus({ secret }, split, 401, "the id takes the timestamp");
    const joined: PlainRequest = {
      headers: { ...request.headers, "webhook-id": "msg_1" },
      body: Buffer.from(`.${timestamp}.{"forged":true}`),
    };
    await expectStatus({ secret }, joined, 401, "the body takes the point");
  });
}

function listTests(): void {
  const others = Array.from({ length: 40 }, (_, index) =>
    signatureOf(signStandardWebhooks({ secret, body: `other ${index}` })),
  );

  it("B23 a valid signature last of five → 200", async () => {
    const request = genuine();
    await expectStatus(
      { secret },
      withSignatures(request, ...others.slice(0, 4), signatureOf(request)),
      200,
      "last",
    );
  });

  it("B24 32 signatures, the last one valid → 200; 33 → 401", async () => {
    const request = genuine();
    const right = signatureOf(request);
    await expectStatus({ secret }, withSignatures(request, ...others.slice(0, 31), right), 200, "32");
    await expectStatus({ secret }, withSignatures(request, ...others.slice(0, 32), right), 401, "33");
    await expectStatus(
      { secret },
      withSignatures(request, right, ...others.slice(0, 32)),
      401,
      "33, right first",
    );
  });

  it("B24 100,000 signatures → 401 in under 5 ms", () => {
    const request = withSignatures(genuine(), ...Array.from({ length: 100_000 }, () => others[0] as string));
    const provider = standardWebhooks({ secret });
    const times = Array.from({ length: 5 }, () => {
      const startedAt = performance.now();
      expect(provider.verify(request)).toEqual({
        ok: false,
        kind: "unauthentic",
        reason: "too-many-signatures",
      });
      return performance.now() - startedAt;
    });
    expect(Math.min(...times)).toBeLessThan(5);
  });

  it.each(["v1", "v1,", "v1,,", ",", "v1,=", "v1a", "v1a,", "v1, ", " ,v1"])(
    "B25 %j alone → 401",
    async (text) => {
      await expectStatus({ secret }, withSignatures(genuine(), text), 401, text);
    },
  );

  it("B25 the digest after 'v1' without a comma → 401", async () => {
    const request = genuine();
    await expectStatus(
      { secret },
      withSignatures(request, signatureOf(request).replace(",", "")),
      401,
      "no comma",
    );
  });

  it("B26 only versions that are not configured → 401", async () => {
    const request = genuine();
    const digest = signatureOf(request).slice("v1,".length);
    for (const version of ["v0", "v2", "v1b", "V1", "v11", "1", ""]) {
      await expectStatus({ secret }, withSignatures(request, `${version},${digest}`), 401, version);
    }
    await expectStatus(
      { secret },
      signStandardWebhooks({ privateKey, body }),
      401,
      "v1a without a public key",
    );
    await expectStatus({ publicKey }, request, 401, "v1 without a secret");
  });

  it("B26 unknown versions beside a valid signature are skipped → 200", async () => {
    const request = genuine();
    const list = withSignatures(request, "v2,anything", "v9", "", signatureOf(request), "v0,x");
    await expectStatus({ secret }, list, 200, "skipped");
  });

  it("B30 base64 with other trailing bits → 401", async () => {
    const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const request = genuine();
    const right = signatureOf(request);
    const last = right.at(-2) as string;
    const group = alphabet.indexOf(last) & ~3;
    const spellings = [0, 1, 2, 3].map((bits) => `${right.slice(0, -2)}${alphabet[group | bits]}=`);
    // All four decode to the same bytes; one of them is what the signer wrote.
    expect(new Set(spellings.map((text) => Buffer.from(text.slice(3), "base64").toString("hex"))).size).toBe(
      1,
    );
    for (const spelling of spellings) {
      const status = spelling === right ? 200 : 401;
      await expectStatus({ secret }, withSignatures(request, spelling), status, spelling);
    }
  });

  it.each(["unpadded", "base64url"])("B30 %s base64 → 401", async (form) => {
    // A digest that holds both characters in which the alphabets differ.
    const request = Array.from({ length: 500 }, (_, index) => genuine(`msg_${index}`)).find((one) =>
      /\+.*\/|\/.*\+/.test(signatureOf(one)),
    ) as PlainRequest;
    const text = signatureOf(request);
    const changed =
      form === "unpadded" ? text.replace(/=$/, "") : text.replace(/\+/g, "-").replace(/\//g, "_");
    await expectStatus({ secret }, withSignatures(request, changed), 401, form);
  });
}

function asymmetricTests(): void {
  it.each(Object.entries(publicKeys))("B27 v1a with a public key of %s → 200", async (_form, key) => {
    const request = signStandardWebhooks({ privateKey, body });
    await expectStatus({ publicKey: key }, request, 200, "v1a alone");
    await expectStatus({ publicKey: key, secret }, request, 200, "v1a beside a secret");
    await expectStatus({ publicKey: key, secret }, genuine(), 200, "v1 beside a public key");
    const both = signStandardWebhooks({ privateKey, secret, body });
    await expectStatus({ publicKey: key, secret }, both, 200, "both");
  });

  it("B27 v1a with several public keys, the right one last → 200", async () => {
    const other = generateKeyPairSync("ed25519")
      .publicKey.export({ format: "der", type: "spki" })
      .toString("base64");
    const request = signStandardWebhooks({ privateKey, body });
    await expectStatus({ publicKey: [`whpk_${other}`, publicKey] }, request, 200, "the second key");
    await expectStatus({ publicKey: `whpk_${other}` }, request, 401, "another key");
  });

  it("B27 each single bit of a v1a signature, of the id, the timestamp or the body flipped → 401", async () => {
    const request = signStandardWebhooks({ privateKey, body, id: "msg_1" });
    const right = Buffer.from(signatureOf(request).slice(4), "base64");
    for (let bit = 0; bit < right.length * 8; bit += 7) {
      const flipped = Buffer.from(right);
      flipped[bit >> 3] = right.readUInt8(bit >> 3) ^ (1 << (bit & 7));
      const changed = withSignatures(request, `v1a,${flipped.toString("base64")}`);
      await expectStatus({ publicKey }, changed, 401, `bit ${bit}`);
    }
    await expectStatus({ publicKey }, withHeader(request, "webhook-id", "msg_2"), 401, "id");
    const later = String(Number(request.headers["webhook-timestamp"]) + 1);
    await expectStatus({ publicKey }, withHeader(request, "webhook-timestamp", later), 401, "timestamp");
    await expectStatus({ publicKey }, { ...request, body: Buffer.from("{}") }, 401, "body");
  });

  it("B28 an HMAC keyed with the public key's bytes → 401", async () => {
    for (const keyBytes of [spki, spki.subarray(12)]) {
      const forged = signStandardWebhooks({ secret: keyBytes.toString("base64"), body });
      await expectStatus({ publicKey }, forged, 401, "as v1");
      await expectStatus({ publicKey, secret }, forged, 401, "as v1 beside a secret");
      const asV1a = withSignatures(forged, signatureOf(forged).replace("v1,", "v1a,"));
      await expectStatus({ publicKey }, asV1a, 401, "as v1a");
    }
  });

  it("B28 an Ed25519 signature under the name v1 → 401", async () => {
    const request = signStandardWebhooks({ privateKey, body });
    const renamed = withSignatures(request, signatureOf(request).replace("v1a,", "v1,"));
    await expectStatus({ publicKey, secret }, renamed, 401, "v1a as v1");
  });
}

function secretFormTests(): void {
  const bare = secret.slice("whsec_".length);
  // 16 and 25 bytes: base64 of these ends in two and in two "=".
  const padded = `whsec_${Buffer.alloc(25, 7).toString("base64")}`;

  it.each([
    ["with whsec_", secret, secret],
    ["without whsec_", secret, bare],
    ["with white space around it", secret, ` ${secret}\n`],
    ["padded", padded, padded],
    ["unpadded", padded, padded.replace(/=+$/, "")],
  ])("B29 a secret %s works", async (form, signing, given) => {
    const request = signStandardWebhooks({ secret: signing, body });
    await expectStatus({ secret: given }, request, 200, form);
    await expectStatus({ secret: [given] }, request, 200, form);
  });

  it.each([
    ["not base64", "whsec_not-base64!"],
    ["base64url", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS_"],
    ["folded characters", `whsec_${"\u0141".repeat(32)}`],
    ["inner white space", "whsec_MfKQ9r8GKYqr TwjUPD8ILPZIo2LaLaSw"],
    ["a length that base64 cannot have", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwA"],
    ["15 bytes of key", `whsec_${Buffer.alloc(15, 7).toString("base64")}`],
  ])("B29 %s → throws at construction, and does not show it", (_what, given) => {
    for (const make of [() => standardWebhooks({ secret: given }), () => videogen({ secret: given })]) {
      expect(make).toThrow(expect.objectContaining({ code: "invalid-secret" }));
      expect(make).not.toThrow(given.slice("whsec_".length));
    }
  });

  it.each([
    ["a secret", secret],
    ["31 bytes", `whpk_${Buffer.alloc(31, 7).toString("base64")}`],
    ["33 bytes", `whpk_${Buffer.alloc(33, 7).toString("base64")}`],
    ["not base64", "whpk_***"],
    ["nothing", ""],
  ])("B29 a public key that is %s → throws at construction", (_what, given) => {
    expect(() => standardWebhooks({ publicKey: given })).toThrow(
      expect.objectContaining({ code: "invalid-secret" }),
    );
  });

  it("an empty list of public keys is no key: the secret is asked for", () => {
    expect(() => standardWebhooks({ publicKey: [] })).toThrow(/STANDARD_WEBHOOKS_SECRET/);
  });
}

function vectorTests(): void {
  const [videogenDialect] = timestampedDialects.filter(({ name }) => name === "videogen");

  it("hmacOf and the sender's helper agree, so that the tables above test what they say", () => {
    if (videogenDialect === undefined) throw new Error("no such dialect");
    const request = videogenDialect.sign({ id: "msg_1", timestamp: 1_790_000_000, body: "{}" });
    expect(signatureOf(request)).toBe(`v1,${hmacOf(videogenDialect, "msg_1.1790000000.{}")}`);
  });

  it.each(signatureVectors["standard-webhooks-v1a"])("v1a vector, $keyForm, from $source", async (vector) => {
    const provider = standardWebhooks({ publicKey: vector.publicKey });
    const headers = {
      "webhook-id": vector.id,
      "webhook-timestamp": vector.timestamp,
      "webhook-signature": vector.signature,
    };
    const receivedAt = Number(vector.timestamp) * 1000;
    const request = { headers, body: Buffer.from(vector.body), receivedAt };
    expect(await provider.verify(request)).toEqual({ ok: true, secretIndex: 0 });
    expect(await provider.verify({ ...request, body: Buffer.from(`${vector.body} `) })).toEqual({
      ok: false,
      kind: "unauthentic",
      reason: "signature-mismatch",
    });
  });
}
