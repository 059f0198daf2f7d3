import type { HeaderSource } from "@latchhook/core";
import { type SignatureHeaders, type SignatureShape, signatureShape } from "@latchhook/core/kit";
import { describe, expect, it } from "vitest";
import { signatureReader } from "../../src/signatures/signature-headers.ts";

const one = "1".repeat(64);
const two = "2".repeat(64);

/** Reads headers as a sender has them that signs with SHA-256 in hex. */
function read(names: SignatureHeaders, headers: HeaderSource, shape?: SignatureShape) {
  return signatureReader(names, shape ?? signatureShape("sha256", "hex"))(headers);
}

const refused = (reason: string) => ({ ok: false, kind: "unauthentic", reason });
const found = (signatures: readonly string[], timestamp?: string) => ({ ok: true, signatures, timestamp });

describe("signature and timestamp in headers of their own", () => {
  const names = { signature: "x-signature", timestamp: "x-time" };

  it("are read as they came, of a record and of Headers", () => {
    const headers = { "x-signature": one, "x-time": "not looked at yet" };
    expect(read(names, headers)).toEqual(found([one], "not looked at yet"));
    expect(read(names, new Headers(headers))).toEqual(found([one], "not looked at yet"));
  });

  it.each<readonly [string, HeaderSource, string]>([
    ["without the signature's", { "x-time": "1" }, "missing-signature"],
    ["with an empty signature", { "x-signature": "", "x-time": "1" }, "missing-signature"],
    ["with a blank signature", { "x-signature": " ", "x-time": "1" }, "malformed-signature"],
    ["with a misshapen signature", { "x-signature": one.slice(1), "x-time": "1" }, "malformed-signature"],
    ["with two signatures", { "x-signature": [one, one], "x-time": "1" }, "malformed-signature"],
  ])("%s → %s", (_what, headers, reason) => {
    expect(read(names, headers)).toEqual(refused(reason));
  });

  it("without a timestamp are still read: whether one is needed depends on what is signed", () => {
    expect(read(names, { "x-signature": one })).toEqual(found([one]));
    expect(read({ signature: "x-signature" }, { "x-signature": one, "x-time": "1" })).toEqual(found([one]));
  });

  it("are read without the prefix that the sender puts before a signature", () => {
    const shape = signatureShape("sha256", "hex", "sha256=");
    const names = { signature: "x-signature" };
    expect(read(names, { "x-signature": `sha256=${one}` }, shape)).toEqual(found([one]));
    expect(read(names, { "x-signature": one }, shape)).toEqual(refused("malformed-signature"));
  });

  it("are looked for under the names that a function finds for each request", () => {
    const byFamily = (headers: HeaderSource) =>
      (headers as Headers).has("x-new-signature")
        ? { signature: "x-new-signature", timestamp: "x-new-time" }
        : { signature: "x-signature" };
    const current = new Headers({ "x-new-signature": two, "x-new-time": "2", "x-signature": one });
    expect(read(byFamily, current)).toEqual(found([two], "2"));
    expect(read(byFamily, new Headers({ "x-signature": one, "x-new-time": "2" }))).toEqual(found([one]));
  });
});

describe("signature and timestamp packed into one header", () => {
  const names = { packed: "x-signature", signature: "v1", timestamp: "t" };
  const readValue = (value: string | readonly string[], changes: object = {}) =>
    read({ ...names, ...changes }, { "x-signature": value });

  it.each<readonly [string, string, readonly string[], string | undefined]>([
    ["one of each", `t=170,v1=${one}`, [one], "170"],
    ["in any order", `v1=${one},t=170`, [one], "170"],
    ["several signatures, in their order", `v1=${two},t=170,v1=${one}`, [two, one], "170"],
    ["beside fields of other names", `v0=0,t=170,v1=${one},v1a=2,a=,A_b-9=x=y`, [one], "170"],
    ["without a timestamp", `v1=${one}`, [one], undefined],
    ["with an empty timestamp", `t=,v1=${one}`, [one], ""],
    ["with a timestamp that holds a value sign", `t=1=2,v1=${one}`, [one], "1=2"],
    ["in upper-case hex", `v1=${"A".repeat(64)}`, ["a".repeat(64)], undefined],
  ])("%s", (_what, value, signatures, timestamp) => {
    expect(readValue(value)).toEqual(found(signatures, timestamp));
  });

  it.each([
    ["nothing", "", "missing-signature"],
    ["a timestamp alone", "t=170", "missing-signature"],
    ["another version alone", `t=170,v0=${one}`, "missing-signature"],
    ["the name in another case", `t=170,V1=${one}`, "missing-signature"],
    ["a misshapen signature", `t=170,v1=${one}0`, "malformed-signature"],
    ["a misshapen signature beside a good one", `t=170,v1=${one},v1=abc`, "malformed-signature"],
    ["an empty signature", "t=170,v1=", "malformed-signature"],
    ["a field without a name", `t=170,=1,v1=${one}`, "malformed-signature"],
    ["a field without a value sign", `t=170,v1=${one},v`, "malformed-signature"],
    ["a separator at the end", `t=170,v1=${one},`, "malformed-signature"],
    ["a separator at the start", `,t=170,v1=${one}`, "malformed-signature"],
    ["white space after a separator", `t=170, v1=${one}`, "malformed-signature"],
    ["a name that begins with a digit", `t=170,1v=1,v1=${one}`, "malformed-signature"],
    ["a name that holds a space", `t=170,v 2=1,v1=${one}`, "malformed-signature"],
    ["a name that ends in a point", `t=170,v2.=1,v1=${one}`, "malformed-signature"],
    ["two timestamps", `t=170,t=170,v1=${one}`, "malformed-timestamp"],
  ])("%s → refused", (_what, value, reason) => {
    expect(readValue(value)).toEqual(refused(reason));
  });

  it("that is absent → missing-signature", () => {
    expect(read(names, {})).toEqual(refused("missing-signature"));
  });

  it("in two lines are one list, where fields are separated as lines are joined", () => {
    expect(readValue([`t=170,v1=${one}`, `v1=${two}`])).toEqual(refused("malformed-signature"));
    expect(readValue([`t=170;v1=${one}`, `v1=${two}`], { separator: ";" })).toEqual(
      refused("malformed-signature"),
    );
  });

  it("may have another separator, which may be of several characters", () => {
    expect(readValue(`t=170;v1=${one}`, { separator: ";" })).toEqual(found([one], "170"));
    expect(readValue(`t=170, v1=${one}`, { separator: ", " })).toEqual(found([one], "170"));
    expect(readValue(`t=170,v1=${one}`, { separator: ";" })).toEqual(refused("missing-signature"));
  });

  it("have no timestamp where the sender has none: a field of any name is skipped", () => {
    const untimed = { packed: "x-signature", signature: "v1" };
    expect(read(untimed, { "x-signature": `t=170,v1=${one}` })).toEqual(found([one]));
  });

  it("are 33 fields at the most: 32 signatures and a timestamp", () => {
    const signatures = Array.from({ length: 32 }, () => `v1=${one}`);
    expect(readValue(["t=170", ...signatures].join(","))).toEqual(
      found(
        signatures.map(() => one),
        "170",
      ),
    );
    for (const more of ["v1=abc", "v0=1", "not a field"]) {
      const value = ["t=170", ...signatures, more].join(",");
      expect(readValue(value), more).toEqual(refused("too-many-signatures"));
    }
  });

  it("are counted without a look at the rest: a header of a million fields costs no more", () => {
    const value = `t=170${`,v1=${one}`.repeat(100_000)}`;
    const startedAt = performance.now();
    for (let time = 0; time < 10; time++) expect(readValue(value)).toEqual(refused("too-many-signatures"));
    expect((performance.now() - startedAt) / 10).toBeLessThan(5);
  });
});
