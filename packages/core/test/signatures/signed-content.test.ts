import { createHash } from "node:crypto";
import type { SignedRequest } from "@latchhook/core";
import { body, bodyHash, type ContentPart, header, timestamp } from "@latchhook/core/kit";
import { describe, expect, it } from "vitest";
import { checkSignedHeader, signedContent } from "../../src/signatures/signed-content.ts";

const request: SignedRequest = {
  headers: { "x-id": "id-1", "x-user": "user-1" },
  body: Buffer.from('{"a":1}'),
};
const hash = createHash("sha256").update(request.body).digest("hex");

const assemble = (...parts: readonly ContentPart[]) =>
  signedContent("acme", parts).assemble(request, "1700000000");

describe("signed content", () => {
  it.each<readonly [string, readonly ContentPart[], string, string]>([
    ["the body alone", [body], "", ""],
    ["text before the body", ["v0:", timestamp, ":", body], "v0:1700000000:", ""],
    ["text after the body", [body, ".", timestamp], "", ".1700000000"],
    ["text on both sides", [timestamp, ".", body, ".", header("x-id")], "1700000000.", ".id-1"],
    ["a signed header", [header("x-id"), ".", timestamp, ".", body], "id-1.1700000000.", ""],
    ["headers on both sides", [header("x-user"), ":", body, ":", header("x-id")], "user-1:", ":id-1"],
    ["a configured URL", ["https://example.com/", body], "https://example.com/", ""],
    ["text that is derived from the request", [({ body }) => `${body.length} `, body], "7 ", ""],
  ])("%s is text, bytes, text", (_what, parts, prefix, suffix) => {
    expect(assemble(...parts)).toEqual({ prefix, suffix });
    expect(signedContent("acme", parts).hasBody).toBe(true);
  });

  it.each<readonly [string, readonly ContentPart[], string]>([
    ["the body's hash", [timestamp, ".", bodyHash], `1700000000.${hash}`],
    ["the body's hash before text", [bodyHash, "\n", header("x-id")], `${hash}\nid-1`],
    ["text that is derived from the body", [({ body }) => Buffer.from(body).toString()], '{"a":1}'],
  ])("with %s in place of the body is text alone", (_what, parts, prefix) => {
    expect(assemble(...parts)).toEqual({ prefix, suffix: "" });
    expect(signedContent("acme", parts).hasBody).toBe(false);
  });

  it("says whether a time is part of it", () => {
    expect(signedContent("acme", [timestamp, ".", body]).hasTimestamp).toBe(true);
    expect(signedContent("acme", ["timestamp", header("timestamp"), "timestamp", body]).hasTimestamp).toBe(
      false,
    );
  });

  it("without a header refuses none", () => {
    expect(signedContent("acme", ["v0:", timestamp, ".", body]).check({})).toBeUndefined();
  });
});

describe("content that a sender cannot have signed safely", () => {
  const unsigned =
    "acme: the signed content must have body, bodyHash or a text derived from them: what is not signed is not believed.";
  const undelimited =
    "acme: the signed content needs a text between a header and its neighbour, or it could be split anew.";
  const derived = () => "text";

  it.each<readonly [string, readonly ContentPart[], string]>([
    ["nothing", [], unsigned],
    ["no body", ["v0:", timestamp], unsigned],
    ["the name of a body", ["body", "body-hash", "function"], unsigned],
    ["a header of that name", ["a", header("body"), "b"], unsigned],
    ["the body twice", [body, ".", body], unsigned],
    ["the hash twice", [bodyHash, ".", bodyHash], unsigned],
    ["the body and its hash", [body, ".", bodyHash], unsigned],
    ["the body twice and a derived text", [body, derived, body], unsigned],
    ["a header right before the body", [header("x-id"), body], undelimited],
    ["a header right after the body", [body, header("x-id")], undelimited],
    ["a header right before the time", [header("x-id"), timestamp, ".", body], undelimited],
    ["a header right after the time", ["v0:", timestamp, header("x-id"), ".", body], undelimited],
    ["a header beside the hash", [bodyHash, header("x-id")], undelimited],
    ["a header beside a derived text", [derived, header("x-id"), ".", body], undelimited],
    ["two headers side by side", [".", header("x-id"), header("x-user"), ".", body], undelimited],
    [
      "a second header side by side with another part",
      [header("x-id"), ".", body, header("x-user")],
      undelimited,
    ],
  ])("%s → invalid-option when the provider is made", (_what, parts, message) => {
    expect(() => signedContent("acme", parts)).toThrow(
      expect.objectContaining({ code: "invalid-option", message }),
    );
  });

  it("a derived text may stand for the body, and beside it", () => {
    expect(() => signedContent("acme", [derived])).not.toThrow();
    expect(() => signedContent("acme", [derived, derived, body])).not.toThrow();
  });
});

describe("a signed header", () => {
  it.each([
    [undefined, "missing-id"],
    ["", "missing-id"],
    ["i", undefined],
    ["i".repeat(256), undefined],
    ["i".repeat(257), "malformed-id"],
    ["!~", undefined],
    ["i i", "malformed-id"],
    [" i", "malformed-id"],
    ["i ", "malformed-id"],
    ["\ti", "malformed-id"],
    ["i\n", "malformed-id"],
    ["i\u007f", "malformed-id"],
    ["\u00e9", "malformed-id"],
    ["a.b", "malformed-id"],
    ["a:b", "malformed-id"],
    [".", "malformed-id"],
    ["a,b", undefined],
  ])("%j beside a point and a colon → %s", (value, reason) => {
    const refusal = checkSignedHeader(value, ".:");
    expect(refusal).toEqual(reason === undefined ? undefined : { ok: false, kind: "unauthentic", reason });
  });

  it("with nothing beside it may hold anything printable", () => {
    expect(checkSignedHeader("a.b:c", "")).toBeUndefined();
  });

  it("may hold no character of the texts on either side of it, and any other", () => {
    const { check } = signedContent("acme", ["<", header("x-id"), ">:", body]);
    const reasonOf = (id: string | undefined) => check({ "x-id": id })?.reason;
    expect(["a<", "a>", "a:", "<"].map(reasonOf)).toEqual(Array(4).fill("malformed-id"));
    expect(["a.", "a;", "a"].map(reasonOf)).toEqual([undefined, undefined, undefined]);
    expect(reasonOf(undefined)).toBe("missing-id");
  });

  it.each<readonly [string, readonly ContentPart[]]>([
    ["first", [header("x-id"), ".", body]],
    ["last", [body, ".", header("x-id")]],
  ])("that is %s has one neighbour", (_where, parts) => {
    const { check } = signedContent("acme", parts);
    expect(check({ "x-id": "a.b" })?.reason).toBe("malformed-id");
    expect(check({ "x-id": "a:b" })).toBeUndefined();
  });

  it("is looked at wherever it stands: each of several, the first refusal first", () => {
    const { check } = signedContent("acme", [header("x-id"), ".", body, ":", header("x-user")]);
    expect(check({ "x-id": "a:b", "x-user": "c.d" })).toBeUndefined();
    expect(check({ "x-id": "a", "x-user": "c:d" })?.reason).toBe("malformed-id");
    expect(check({ "x-id": "a" })?.reason).toBe("missing-id");
    expect(check({ "x-id": "a.b" })?.reason).toBe("malformed-id");
  });
});
