import { createHash } from "node:crypto";
import type { SignedRequest } from "@latchhook/core";
import { body, bodyHash, header, signatureShape, timestamp, unauthentic } from "@latchhook/core/kit";
import { afterEach, describe, expect, it, vi } from "vitest";
import {
  type SignatureSchemeOptions,
  signatureScheme,
  type TrySignatures,
} from "../../src/signatures/signature-scheme.ts";

const seconds = 1_700_000_000;
const receivedAt = seconds * 1000;
const signature = "5".repeat(64);
const payload = Buffer.from('{"a":1}');

/** A request that is right in all that needs no key. */
function request(changes: Readonly<Record<string, string | undefined>> = {}): SignedRequest {
  return {
    headers: { "x-signature": signature, "x-time": `${seconds}`, "x-id": "id-1", ...changes },
    body: payload,
    receivedAt,
  };
}

/** A scheme whose signatures are tried by a note of what they are tried over. */
function scheme(options: Partial<SignatureSchemeOptions> = {}, answer: TrySignatures = () => verified) {
  const tried: Parameters<TrySignatures>[] = [];
  const made = signatureScheme(
    {
      provider: "acme",
      headers: { signature: "x-signature", timestamp: "x-time" },
      content: [header("x-id"), ".", timestamp, ".", body],
      ...options,
    },
    signatureShape("sha256", "hex"),
    (...parameters) => {
      tried.push(parameters);
      return answer(...parameters);
    },
  );
  return { ...made, tried };
}

const verified = { ok: true, secretIndex: 3 } as const;
const refused = (reason: string) => ({ ok: false, kind: "unauthentic", reason });

afterEach(() => {
  vi.useRealTimers();
});

describe("a request whose headers are right", () => {
  it("passes the look at its headers, and is verified by its signatures over its content", () => {
    const { precheck, verify, tried } = scheme();
    const right = request();
    expect(precheck(right)).toBeUndefined();
    expect(tried, "no key was needed").toEqual([]);
    expect(verify(right)).toBe(verified);
    expect(tried).toEqual([[right, `id-1.${seconds}.`, payload, "", [signature]]]);
    expect(tried[0]?.[0]).toBe(right);
  });

  it("is refused where no signature matches", () => {
    const mismatch = unauthentic("signature-mismatch");
    expect(scheme({}, () => mismatch).verify(request())).toBe(mismatch);
  });

  it("is waited for where the platform takes its time", async () => {
    const result = scheme({}, async () => verified).verify(request());
    expect(result).toBeInstanceOf(Promise);
    expect(await result).toBe(verified);
  });

  it("may have text after the body, and no time", () => {
    const { verify, tried } = scheme({
      headers: { signature: "x-signature" },
      content: ["v0:", body, ":", header("x-id")],
    });
    expect(verify(request({ "x-time": undefined }))).toBe(verified);
    expect(tried[0]?.slice(1)).toEqual(["v0:", payload, ":id-1", [signature]]);
  });

  it("may sign the body's hash: the body's bytes are then no part of the content", async () => {
    const { verify, tried } = scheme({ content: [timestamp, ".", bodyHash] });
    expect(await verify(request())).toBe(verified);
    const hash = createHash("sha256").update(payload).digest("hex");
    expect(tried[0]?.slice(1)).toEqual([`${seconds}.${hash}`, new Uint8Array(), "", [signature]]);
  });
});

describe("a request whose headers are wrong", () => {
  it.each([
    ["no signature", { "x-signature": undefined }, "missing-signature"],
    ["a misshapen signature", { "x-signature": "5" }, "malformed-signature"],
    ["no signed header", { "x-id": undefined }, "missing-id"],
    ["a signed header that splits the content anew", { "x-id": "id.1" }, "malformed-id"],
    ["no time", { "x-time": undefined }, "missing-timestamp"],
    ["a misshapen time", { "x-time": "now" }, "malformed-timestamp"],
    ["an old time", { "x-time": `${seconds - 301}` }, "stale-timestamp"],
    ["a time to come", { "x-time": `${seconds + 301}` }, "future-timestamp"],
    ["all of it", { "x-signature": "", "x-id": "", "x-time": "" }, "missing-signature"],
    ["neither id nor time", { "x-id": "", "x-time": "" }, "missing-id"],
  ])("%s → refused before and with the body, and no key is tried", (_what, changes, reason) => {
    const { precheck, verify, tried } = scheme();
    expect(precheck(request(changes))).toEqual(refused(reason));
    expect(verify(request(changes))).toEqual(refused(reason));
    expect(tried).toEqual([]);
  });

  it("a time that is not signed is not looked at", () => {
    const { precheck, verify } = scheme({ headers: { signature: "x-signature" }, content: [body] });
    expect(precheck(request({ "x-time": "now" }))).toBeUndefined();
    expect(verify(request({ "x-time": "now" }))).toBe(verified);
  });
});

describe("freshness", () => {
  it("is judged by the time of arrival, and by the clock where that is not known", () => {
    const { precheck, verify } = scheme();
    const { receivedAt: _, ...undated } = request();
    vi.useFakeTimers({ now: receivedAt + 300_000 });
    expect([precheck(undated), verify(undated)]).toEqual([undefined, verified]);
    vi.setSystemTime(receivedAt + 301_000);
    const stale = refused("stale-timestamp");
    expect([precheck(undated), verify(undated)]).toEqual([stale, stale]);
    expect([precheck(request()), verify(request())]).toEqual([undefined, verified]);
  });

  it("is judged by the tolerance that is asked for", () => {
    const { precheck } = scheme({ toleranceSeconds: 60 });
    expect(precheck(request({ "x-time": `${seconds - 60}` }))).toBeUndefined();
    expect(precheck(request({ "x-time": `${seconds - 61}` }))).toEqual(refused("stale-timestamp"));
  });

  it.each([
    ["milliseconds", `${receivedAt}`],
    ["iso", new Date(receivedAt).toISOString()],
  ] as const)("is judged in %s where the sender writes them", (timestampUnit, time) => {
    const { verify, tried } = scheme({ timestampUnit });
    expect(verify(request({ "x-time": time }))).toBe(verified);
    expect(tried[0]?.[1], "signed as it came").toBe(`id-1.${time}.`);
    expect(verify(request())).toEqual(refused("malformed-timestamp"));
  });
});

describe("a scheme that cannot be", () => {
  const oneAlone =
    "acme: name the timestamp in headers and put it into content, or neither; one alone proves nothing.";

  it.each<readonly [string, Partial<SignatureSchemeOptions>, string]>([
    ["reads a time that is not signed", { content: [body] }, oneAlone],
    [
      "reads a packed time that is not signed",
      { headers: { packed: "x-signature", signature: "v1", timestamp: "t" }, content: [body] },
      oneAlone,
    ],
    ["signs a time that is not read", { headers: { signature: "x-signature" } }, oneAlone],
    ["signs no body", { content: [timestamp] }, "acme: the signed content must have body"],
    ["has a tolerance of nothing", { toleranceSeconds: 0 }, "acme: toleranceSeconds must be"],
  ])("%s → invalid-option when the provider is made", (_what, options, message) => {
    expect(() => scheme(options)).toThrow(
      expect.objectContaining({ code: "invalid-option", message: expect.stringContaining(message) }),
    );
  });

  it("is not told by a function of the headers: each request names its own", () => {
    const byRequest = scheme({ headers: () => ({ signature: "x-signature", timestamp: "x-time" }) });
    expect(byRequest.verify(request())).toBe(verified);
    const untimed = scheme({ headers: () => ({ signature: "x-signature" }) });
    expect(untimed.verify(request())).toEqual(refused("missing-timestamp"));
  });
});
