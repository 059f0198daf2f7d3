import { createHmac, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import type { SignedRequest } from "@latchhook/core";
import { type StandardWebhooksSignatureOptions, standardWebhooksSignature } from "@latchhook/core/kit";
import { afterEach, describe, expect, it, vi } from "vitest";

const secret = `whsec_${Buffer.alloc(24, 7).toString("base64")}`;
const otherSecret = `whsec_${Buffer.alloc(24, 8).toString("base64")}`;
const seconds = 1_700_000_000;
const receivedAt = seconds * 1000;
const payload = '{"type":"invoice.paid"}';

interface KeyPair {
  readonly privateKey: KeyObject;
  readonly publicKey: string;
}

function keyPair(): KeyPair {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const spki = publicKey.export({ format: "der", type: "spki" });
  return { privateKey, publicKey: `whpk_${spki.toString("base64")}` };
}

const ours = keyPair();
const others = keyPair();

/** A `v1` entry over content as the specification has it: by the base64 after the prefix. */
function v1(text = secret, content = `msg_1.${seconds}.${payload}`): string {
  const key = Buffer.from(text.replace("whsec_", ""), "base64");
  return `v1,${createHmac("sha256", key).update(content).digest("base64")}`;
}

function v1a({ privateKey } = ours, content = `msg_1.${seconds}.${payload}`): string {
  return `v1a,${sign(null, Buffer.from(content), privateKey).toString("base64")}`;
}

function request(signatures: string | undefined, changes: Readonly<Record<string, string | undefined>> = {}) {
  return {
    headers: {
      "webhook-id": "msg_1",
      "webhook-timestamp": `${seconds}`,
      "webhook-signature": signatures,
      ...changes,
    },
    body: Buffer.from(payload),
    receivedAt,
  } satisfies SignedRequest;
}

function scheme(options: Partial<StandardWebhooksSignatureOptions> = {}) {
  return standardWebhooksSignature({
    provider: "acme",
    secret: undefined,
    environmentVariable: "ACME_SECRET",
    ...options,
  });
}

const verified = { ok: true, secretIndex: 0 };
const refused = (reason: string) => ({ ok: false, kind: "unauthentic", reason });
const mismatch = refused("signature-mismatch");

const bySecret = { secret };
const byKey = { publicKey: ours.publicKey };
const byBoth = { secret, publicKey: ours.publicKey };

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
});

describe("a Standard Webhooks request", () => {
  it.each<readonly [string, Partial<StandardWebhooksSignatureOptions>, string]>([
    ["v1 by a secret", bySecret, v1()],
    ["v1a by a public key", byKey, v1a()],
    ["v1 by either", byBoth, v1()],
    ["v1a by either", byBoth, v1a()],
    ["both by either", byBoth, `${v1()} ${v1a()}`],
    ["a wrong v1 beside a right v1a", byBoth, `${v1(otherSecret)} ${v1a()}`],
    ["a wrong v1a beside a right v1", byBoth, `${v1a(others)} ${v1()}`],
    ["the second of two", bySecret, `${v1(otherSecret)} ${v1()}`],
    ["the first of two", bySecret, `${v1()} ${v1(otherSecret)}`],
    ["one beside versions that nobody knows", bySecret, `v2,abc ${v1()} v9 junk`],
    ["one beside a misshapen one", bySecret, `v1,abc ${v1()}`],
    ["one of two lines, which arrive joined with a comma", bySecret, `${v1(otherSecret)}, ${v1()}`],
    ["the first of two lines", bySecret, `${v1()}, ${v1(otherSecret)}`],
    ["v1a in the first of two lines", byKey, `${v1a()}, ${v1()}`],
    ["one with spaces around it", bySecret, `  ${v1()} `],
    ["32 of them", bySecret, `${`${v1(otherSecret)} `.repeat(31)}${v1()}`],
  ])("verified: %s", (_what, options, signatures) => {
    const { precheck, verify } = scheme(options);
    expect(precheck(request(signatures))).toBeUndefined();
    expect(verify(request(signatures))).toEqual(verified);
  });

  it.each<readonly [string, Partial<StandardWebhooksSignatureOptions>, string, string]>([
    ["another secret's", bySecret, v1(otherSecret), "signature-mismatch"],
    ["another key's", byKey, v1a(others), "signature-mismatch"],
    ["both another's", byBoth, `${v1(otherSecret)} ${v1a(others)}`, "signature-mismatch"],
    ["an HMAC of the body alone", bySecret, v1(secret, payload), "signature-mismatch"],
    ["a signature of another id", byKey, v1a(ours, `msg_2.${seconds}.${payload}`), "signature-mismatch"],
    ["none", bySecret, "", "missing-signature"],
    ["a blank", bySecret, "  ", "missing-signature"],
    ["v1 where only a public key is known", byKey, v1(), "unsupported-signature-version"],
    ["v1a where only a secret is known", bySecret, v1a(), "unsupported-signature-version"],
    ["versions that nobody knows", byBoth, "v2,abc v3,abc", "unsupported-signature-version"],
    ["a version that nobody knows", byBoth, v1().replace("v1,", "v2,"), "unsupported-signature-version"],
    ["a version in upper case", byBoth, v1().replace("v1", "V1"), "unsupported-signature-version"],
    ["a version that only begins as v1 does", byBoth, "v1b,abc", "unsupported-signature-version"],
    ["a version that only ends as v1 does", byBoth, "rev1,abc", "unsupported-signature-version"],
    ["no version", byBoth, v1().slice(3), "unsupported-signature-version"],
    ["several misshapen ones", byBoth, "v1,abc v1a,abc", "unsupported-signature-version"],
    ["a misshapen v1", byBoth, "v1,abc", "malformed-signature"],
    ["a misshapen v1a", byBoth, "v1a,abc", "malformed-signature"],
    ["v1 alone", byBoth, "v1", "malformed-signature"],
    ["v1a and a comma", byBoth, "v1a,", "malformed-signature"],
    ["a right one with a character more", bySecret, `${v1()}=`, "malformed-signature"],
    ["two joined without a space", bySecret, `${v1()},${v1()}`, "malformed-signature"],
    [
      "33, the right one first",
      bySecret,
      `${v1()}${` ${v1(otherSecret)}`.repeat(32)}`,
      "too-many-signatures",
    ],
  ])("refused: %s", (_what, options, signatures, reason) => {
    const { precheck, verify } = scheme(options);
    expect(verify(request(signatures))).toEqual(refused(reason));
    expect(precheck(request(signatures))).toEqual(
      reason === "signature-mismatch" ? undefined : refused(reason),
    );
  });

  it.each([
    ["no signature", { "webhook-signature": undefined }, "missing-signature"],
    ["no id", { "webhook-id": undefined }, "missing-id"],
    ["an id with a point, which could be split anew", { "webhook-id": "msg.1" }, "malformed-id"],
    ["no time", { "webhook-timestamp": undefined }, "missing-timestamp"],
    ["milliseconds", { "webhook-timestamp": `${receivedAt}` }, "malformed-timestamp"],
    ["an old time", { "webhook-timestamp": `${seconds - 301}` }, "stale-timestamp"],
    ["a time to come", { "webhook-timestamp": `${seconds + 301}` }, "future-timestamp"],
    ["neither id nor time", { "webhook-id": "", "webhook-timestamp": "" }, "missing-id"],
  ])("refused before and with the body: %s", (_what, changes, reason) => {
    const { precheck, verify } = scheme(byBoth);
    expect(precheck(request(v1(), changes))).toEqual(refused(reason));
    expect(verify(request(v1(), changes))).toEqual(refused(reason));
  });

  it("signs id, time and body: none of them can be exchanged", () => {
    const { verify } = scheme(byBoth);
    for (const signatures of [v1(), v1a()]) {
      expect(verify(request(signatures, { "webhook-id": "msg_2" }))).toEqual(mismatch);
      expect(verify(request(signatures, { "webhook-timestamp": `${seconds + 1}` }))).toEqual(mismatch);
      expect(verify({ ...request(signatures), body: Buffer.from("{}") })).toEqual(mismatch);
    }
  });

  it("may have the older header names, where it is asked for", () => {
    const { verify } = scheme({ secret, headerPrefix: "svix" });
    const headers = { "svix-id": "msg_1", "svix-timestamp": `${seconds}`, "svix-signature": v1() };
    expect(verify({ ...request(undefined), headers })).toEqual(verified);
    expect(verify(request(v1()))).toEqual(refused("missing-signature"));
    expect(scheme(bySecret).verify({ ...request(undefined), headers })).toEqual(refused("missing-signature"));
  });
});

describe("the freshness of a Standard Webhooks request", () => {
  it("is judged by the time of arrival, and by the clock where that is not known", () => {
    const { precheck, verify } = scheme(bySecret);
    const { receivedAt: _, ...undated } = request(v1());
    vi.useFakeTimers({ now: receivedAt + 300_000 });
    expect([precheck(undated), verify(undated)]).toEqual([undefined, verified]);
    vi.setSystemTime(receivedAt + 301_000);
    const stale = refused("stale-timestamp");
    expect([precheck(undated), verify(undated)]).toEqual([stale, stale]);
    expect([precheck(request(v1())), verify(request(v1()))]).toEqual([undefined, verified]);
  });

  it("is judged by the tolerance that is asked for", () => {
    const { verify } = scheme({ secret, toleranceSeconds: 60 });
    expect(verify({ ...request(v1()), receivedAt: receivedAt + 60_000 })).toEqual(verified);
    expect(verify({ ...request(v1()), receivedAt: receivedAt + 61_000 })).toEqual(refused("stale-timestamp"));
  });
});

describe("the secret and the public key of Standard Webhooks", () => {
  it("may be several: the one that matched is named by its place among its kind", () => {
    const options = { secret: [otherSecret, secret], publicKey: [others.publicKey, ours.publicKey] };
    expect(scheme(options).verify(request(v1()))).toEqual({ ok: true, secretIndex: 1 });
    expect(scheme(options).verify(request(v1a()))).toEqual({ ok: true, secretIndex: 1 });
    expect(scheme(options).verify(request(v1a(others)))).toEqual(verified);
  });

  it("a secret function is asked where there is a v1 to try, and waited for", async () => {
    let asked = 0;
    const { verify } = scheme({
      ...byKey,
      secret: async () => {
        asked++;
        return secret;
      },
    });
    expect(verify(request(v1a()))).toEqual(verified);
    expect(asked).toBe(0);
    expect(await verify(request(v1()))).toEqual(verified);
    expect(await verify(request(`${v1(otherSecret)} ${v1a()}`))).toEqual(verified);
    expect(await verify(request(`${v1(otherSecret)} ${v1a(others)}`))).toEqual(mismatch);
    expect(asked).toBe(3);
  });

  it("a secret is needed where there is no public key, and is the environment's where it is left out", () => {
    vi.stubEnv("ACME_SECRET", undefined);
    expect(() => scheme()).toThrow(
      expect.objectContaining({
        code: "missing-secret",
        message: "acme: the secret is not set. Pass { secret } or set ACME_SECRET.",
      }),
    );
    vi.stubEnv("ACME_SECRET", secret);
    expect(scheme().verify(request(v1()))).toEqual(verified);
  });

  it("with a public key the environment's secret is not read: v1 is accepted where a secret is passed", () => {
    vi.stubEnv("ACME_SECRET", secret);
    expect(scheme(byKey).verify(request(v1()))).toEqual(refused("unsupported-signature-version"));
  });

  it("a secret may have another form", () => {
    const utf8 = `v1,${createHmac("sha256", secret).update(`msg_1.${seconds}.${payload}`).digest("base64")}`;
    expect(scheme({ secret, secretForm: "utf8" }).verify(request(utf8))).toEqual(verified);
    expect(scheme({ secret, secretForm: "utf8" }).verify(request(v1()))).toEqual(mismatch);
    expect(scheme(bySecret).verify(request(utf8))).toEqual(mismatch);
  });

  it("a secret in base64 is not judged as a text that somebody made up", () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    scheme({ secret: `whsec_${"A".repeat(32)}` });
    expect(warn).not.toHaveBeenCalled();
    scheme({ secret: "A".repeat(32), secretForm: "utf8" });
    expect(warn).toHaveBeenCalledOnce();
    warn.mockRestore();
  });

  it.each<readonly [string, object, string, string]>([
    ["a secret that is no base64", { secret: "whsec_!" }, "invalid-secret", "acme: the secret is not base64"],
    [
      "a public key that is none",
      { publicKey: "whpk_!" },
      "invalid-secret",
      "acme: the publicKey is not base64",
    ],
    [
      "a second one that is none",
      { publicKey: [ours.publicKey, "!"] },
      "invalid-secret",
      "acme: the publicKey",
    ],
    ["a list of no public keys", { publicKey: [] }, "missing-secret", "acme: the secret is not set"],
    [
      "a tolerance of nothing",
      { secret, toleranceSeconds: 0 },
      "invalid-option",
      "acme: toleranceSeconds must be",
    ],
    [
      "other header names",
      { secret, headerPrefix: "x" },
      "invalid-option",
      'acme: headerPrefix must be "webhook" or "svix".',
    ],
  ])("%s → throws when the provider is made", (_what, options, code, message) => {
    vi.stubEnv("ACME_SECRET", undefined);
    expect(() => scheme(options)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(message) }),
    );
  });
});
