import { createHmac } from "node:crypto";
import {
  body,
  bodyHash,
  type ContentPart,
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
const iso = new Date(receivedAt).toISOString();

const hmac = (content: string) => createHmac("sha256", secret).update(content).digest("hex");

type Scheme = Partial<HmacSignatureOptions> & Pick<HmacSignatureOptions, "headers" | "content">;
const scheme = (options: Scheme): SignatureScheme =>
  hmacSignature({ provider: "acme", secret, environmentVariable: "ACME_SECRET", ...options });

/** Packed headers, units of time and parts of content, over whichever crypto is in place. */
export function schemeParameterTests(): void {
  packedTests();
  timestampUnitTests();
  contentTests();
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
