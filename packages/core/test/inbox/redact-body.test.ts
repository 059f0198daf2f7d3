import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { redactBody } from "../../src/inbox/redact-body.ts";

const encode = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
const redacted = (value: unknown, ...paths: string[]): unknown => redactBody(encode(value), paths);

describe("a redacted body", () => {
  it("hides members by their name, and says how long they are", () => {
    const value = {
      id: "v1",
      client_secret: "12345",
      apiKey: "abc",
      auth: { access_token: "xyz", user: "u" },
      credentials: { a: 1 },
      download_url: "https://cdn.example/v/token-in-the-path",
      Authorization: ["Bearer x"],
    };
    expect(redacted(value)).toEqual({
      id: "v1",
      client_secret: { hidden: 5 },
      apiKey: { hidden: 3 },
      auth: { access_token: { hidden: 3 }, user: "u" },
      credentials: { hidden: 7 },
      download_url: { hidden: 39 },
      Authorization: { hidden: 12 },
    });
  });

  it("shows flags and counts that are called like secrets", () => {
    const value = { has_secret: true, total_tokens: 12, token: null };
    expect(redacted(value)).toEqual(value);
  });

  it("hides addresses with a query or a user, wherever they are", () => {
    const [signed, user] = ["https://cdn.example/v?sig=1", "postgres://me:word@db/x"];
    expect(redacted({ a: [signed, "https://example.com/v"], b: user, c: "is it so?" })).toEqual({
      a: [{ hidden: signed.length }, "https://example.com/v"],
      b: { hidden: user.length },
      c: "is it so?",
    });
  });

  it("hides what paths name, with * for any member", () => {
    const value = { data: { prompt: "p", n: 1 }, list: [{ x: 12, y: 2 }, { x: { z: 3 } }] };
    expect(redacted(value, "data.prompt", "list.*.x")).toEqual({
      data: { prompt: { hidden: 1 }, n: 1 },
      list: [{ x: { hidden: 2 }, y: 2 }, { x: { hidden: 7 } }],
    });
    expect(redacted(value, "data", "nothing.there")).toMatchObject({ data: { hidden: 20 } });
    expect(redacted({ "*": 1 }, "*")).toEqual({ "*": { hidden: 1 } });
  });

  it("of what is no JSON is null", () => {
    for (const bytes of [new Uint8Array(), Uint8Array.of(0xff), new TextEncoder().encode("a=1&b=2")]) {
      expect(redactBody(bytes, [])).toBeNull();
    }
  });

  it("has no member that is taken for something else, and bears any depth", () => {
    const body = new TextEncoder().encode('{"__proto__":{"a":1},"constructor":2}');
    const value = redactBody(body, []) as object;
    expect(Object.keys(value)).toEqual(["__proto__", "constructor"]);
    expect(({} as { a?: unknown }).a).toBeUndefined();
    const deep = `${"[".repeat(50_000)}"x"${"]".repeat(50_000)}`;
    expect(() => JSON.stringify(redactBody(new TextEncoder().encode(deep), []))).not.toThrow();
  });

  it("of anything shows no text under a secret name", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const marked = { outer: { password: value, list: [{ session_token: "visible-secret" }] } };
        expect(JSON.stringify(redacted(marked))).not.toContain("visible-secret");
      }),
    );
  });
});
