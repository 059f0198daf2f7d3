import { isLatchhookError } from "@latchhook/core";
import { signedUrl } from "@latchhook/core/kit";
import { describe, expect, it } from "vitest";

describe("a URL that is signed", () => {
  it.each([
    "https://example.com",
    "https://example.com:443/a?b=%20'#".slice(0, -1),
    "http://127.0.0.1:3000/hook",
  ])("is %s as it is", (url) => {
    expect(signedUrl("acme", url)).toBe(url);
  });

  it.each([
    "",
    "/hook",
    "example.com/hook",
    "ftp://example.com",
    "https://",
    "https://a b",
    " https://a.com",
    "https://a.com/#x",
    undefined,
    7,
  ])("cannot be %j", (url) => {
    expect(() => signedUrl("acme", url as string)).toThrow(/acme: url must be the absolute URL/);
    expect(() => signedUrl("acme", url as string)).toThrow(expect.toSatisfy(isLatchhookError));
  });
});
