import { isLatchhookError } from "@latchhook/core";
import { type SecretPlace, sharedSecret } from "@latchhook/core/kit";
import { describe, expect, it } from "vitest";

const secret = "user:a secret, of some length";
const inBasic = Buffer.from(secret).toString("base64");

const scheme = (place: SecretPlace, given: string | readonly string[] = secret) =>
  sharedSecret({ provider: "acme", secret: given, environmentVariable: "ACME_SECRET", place });

interface Sent {
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string;
  readonly url?: string;
}

const places: Readonly<
  Record<string, { readonly place: SecretPlace; readonly send: (text: string) => Sent }>
> = {
  "a header": { place: { header: "x-token" }, send: (text) => ({ headers: { "X-Token": text } }) },
  bearer: {
    place: { authorization: "bearer" },
    send: (text) => ({ headers: { authorization: `Bearer ${text}` } }),
  },
  basic: {
    place: { authorization: "basic" },
    send: (text) => ({ headers: { authorization: `Basic ${Buffer.from(text).toString("base64")}` } }),
  },
  "a member of the body": {
    place: { member: ["metadata", "extra", "token"] },
    send: (text) => ({ body: JSON.stringify({ metadata: { extra: { token: text } } }) }),
  },
  "the query": {
    place: { query: "hub.token" },
    send: (text) => ({ url: `https://example.com/hook?a=1&hub.token=${encodeURIComponent(text)}` }),
  },
};

async function resultOf(made: ReturnType<typeof scheme>, { headers = {}, body = "{}", url }: Sent) {
  const request = { headers, url, body: Buffer.from(body) };
  const result = await made.verify(request);
  const early = made.precheck({ headers, url });
  if (early !== undefined) expect(early).toEqual(result);
  return result.ok ? result.secretIndex : result.reason;
}

/** A secret that is sent as it is, over whichever crypto is in place. */
export function sharedSecretTests(): void {
  describe.each(Object.entries(places))("a shared secret in %s", (_name, { place, send }) => {
    it("matches whole, and not in part", async () => {
      const made = scheme(place);
      expect(await resultOf(made, send(secret))).toBe(0);
      for (const other of [`${secret}0`, secret.slice(0, -1), secret.toUpperCase(), `${secret}, ${secret}`]) {
        expect(await resultOf(made, send(other)), other).toBe("signature-mismatch");
      }
    });

    it("is one of several, named by its index", async () => {
      const made = scheme(place, ["user:the first of two", ` ${secret}\n`]);
      expect(await resultOf(made, send(secret))).toBe(1);
      expect(await resultOf(made, send("user:the first of two"))).toBe(0);
    });

    it("is refused where it is absent", async () => {
      expect(await resultOf(scheme(place), {})).toBe("missing-signature");
    });
  });

  describe("a shared secret", () => {
    it.each([
      ["bearer", `bearer ${secret}`, 0],
      ["bearer", `BEARER ${secret}`, 0],
      ["bearer", secret, "malformed-signature"],
      ["bearer", `Basic ${secret}`, "malformed-signature"],
      ["bearer", `Bearer  ${secret}`, "signature-mismatch"],
      ["bearer", "Bearer", "malformed-signature"],
      ["bearer", " ", "missing-signature"],
      ["basic", `basic ${inBasic}`, 0],
      ["basic", `Basic ${inBasic.replace(/=*$/, "")}==`, "signature-mismatch"],
      ["basic", `Bearer ${inBasic}`, "malformed-signature"],
    ] as const)("%s, as %j → %s", async (authorization, value, result) => {
      expect(await resultOf(scheme({ authorization }), { headers: { authorization: value } })).toBe(result);
    });

    it("in two lines of a header matches nothing", async () => {
      const headers = { "x-token": [secret, secret] };
      expect(await resultOf(scheme({ header: "x-token" }), { headers })).toBe("signature-mismatch");
    });

    it.each([
      ["/hook", "missing-signature"],
      ["/hook?token", "missing-signature"],
      [`/hook?other=${encodeURIComponent(secret)}`, "missing-signature"],
      [`/hook?token=${encodeURIComponent(secret)}&token=x`, "missing-signature"],
      [`/hook?x#?token=${encodeURIComponent(secret)}`, "missing-signature"],
      ["/hook?token=%E0%A4%A", "signature-mismatch"],
      [`/hook?token=${secret.replaceAll(" ", "+")}`, 0],
    ] as const)("in the query of %s → %s", async (url, result) => {
      expect(await resultOf(scheme({ query: "token" }), { url })).toBe(result);
    });

    it.each([
      ["no JSON", "{"],
      ["a list", `["${secret}"]`],
      ["a number", '{"token":7}'],
      ["an empty text", '{"token":""}'],
      ["an object", `{"token":{"token":"${secret}"}}`],
      ["a member of another object", `{"other":{"token":"${secret}"}}`],
    ])("in a body that has %s there is missing", async (_what, body) => {
      expect(await resultOf(scheme({ member: ["token"] }), { body })).toBe("missing-signature");
    });

    it.each([
      [{ authorization: "basic" }, "no-colon-in-this-one", /user:password/],
      [{ header: "x-token" }, "sécrète et longue", /printable ASCII/],
      [{ authorization: "bearer" }, "two\nlines of it", /printable ASCII/],
    ] as const)("for %j cannot be %j", (place, given, why) => {
      expect(() => scheme(place, given)).toThrow(why);
      expect(() => scheme(place, given)).toThrow(
        expect.toSatisfy((error) => isLatchhookError(error) && error.code === "invalid-secret"),
      );
    });

    it("may have any characters in a body, and in basic", async () => {
      const odd = "naïve:日本 🌅";
      const body = JSON.stringify({ token: odd });
      expect(await resultOf(scheme({ member: ["token"] }, odd), { body })).toBe(0);
      const authorization = `Basic ${Buffer.from(odd).toString("base64")}`;
      expect(await resultOf(scheme({ authorization: "basic" }, odd), { headers: { authorization } })).toBe(0);
    });
  });
}
