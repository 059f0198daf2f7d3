import { formFields, parseForm, parseJsonArray } from "@latchhook/core/kit";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const bytes = (text: string) => Buffer.from(text, "latin1");

function fieldsOf(text: string): unknown {
  const form = formFields(bytes(text));
  return form.ok ? form.fields : form.reason;
}

describe("a form", () => {
  it.each([
    ["a=1&b=2", [["a", "1"], ["b", "2"]]], // biome-ignore format: a table
    ["", []],
    ["&&a=1&", [["a", "1"]]],
    ["a", [["a", ""]]],
    ["=1", [["", "1"]]],
    ["a=1=2", [["a", "1=2"]]],
    ["a+b=c+d%2B", [["a b", "c d+"]]],
    ["a=%F0%9F%8C%85%00", [["a", "🌅\0"]]],
    ["b=2&a=1&b=1", [["b", "2"], ["a", "1"], ["b", "1"]]], // biome-ignore format: a table
    ["a=%", "not-a-form"],
    ["a=%2", "not-a-form"],
    ["a=%zz", "not-a-form"],
    ["a=%ff", "not-utf8"],
    ["a=%ED%A0%80", "not-utf8"],
    ["a=\xff", "not-utf8"],
    ["a=1&".repeat(999), expect.any(Array)],
    ["a=1&".repeat(1_000), "not-a-form"],
  ])("%.40j → %j", (text, fields) => {
    expect(fieldsOf(text)).toEqual(fields);
  });

  it("of any texts has these again", () => {
    const pairs = fc.array(
      fc.tuple(fc.string({ unit: "grapheme", minLength: 1 }), fc.string({ unit: "grapheme" })),
    );
    fc.assert(
      fc.property(pairs, (fields) => {
        expect(fieldsOf(new URLSearchParams(fields).toString())).toEqual(fields);
      }),
    );
  });

  it("is an object by name, with lists for names that come again", () => {
    const text = "a=1&b=2&a=3&a=1&__proto__=x&constructor=";
    const parsed = parseForm(bytes(text));
    expect(parsed).toMatchObject({ ok: true, text });
    const entries = parsed.ok ? Object.entries(parsed.value) : [];
    expect(entries).toEqual([
      ["a", ["1", "3", "1"]],
      ["b", "2"],
      ["__proto__", "x"],
      ["constructor", ""],
    ]);
  });

  it("that is none is refused as an object, too", () => {
    expect(parseForm(bytes("a=%"))).toEqual({ ok: false, kind: "malformed", reason: "not-a-form" });
  });
});

describe("a JSON array", () => {
  it.each([
    ["[]", { items: [] }],
    ['[{"a":1},2]', { items: [{ a: 1 }, 2] }],
    ["{}", "not-an-array"],
    ["null", "not-an-array"],
    ["[", "not-json"],
    ["\xef\xbb\xbf[]", "not-json"],
    ["[\xff]", "not-utf8"],
  ])("%j → %j", (text, value) => {
    const parsed = parseJsonArray(bytes(text));
    expect(parsed.ok ? parsed.value : parsed.reason).toEqual(value);
  });
});
