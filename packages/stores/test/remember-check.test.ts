import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { rememberCheck } from "../src/shared/remember-check.ts";

let number = 0;
/** A check that no other test has passed. */
const newCheck = (): string => `check ${++number}`;

afterEach(() => vi.unstubAllGlobals());

describe("rememberCheck", () => {
  it("keeps what one store has found out to itself", () => {
    const check = newCheck();
    const options = { connectionString: "postgres://one" };
    const memory = rememberCheck(check, options);
    expect(memory.isPassed()).toBe(false);
    memory.pass();
    expect(memory.isPassed()).toBe(true);
    expect(rememberCheck(check, options).isPassed()).toBe(false);
  });

  describe("on Workers", () => {
    beforeEach(() => vi.stubGlobal("navigator", { userAgent: "Cloudflare-Workers" }));

    it.each([
      ["pg by address", { connectionString: "postgres://one" }, { connectionString: "postgres://two" }],
      ["pg by parts", { host: "one", database: "a" }, { host: "one", database: "b" }],
      [
        "postgres",
        { host: ["one"], port: [5432], database: "a" },
        { host: ["one"], port: [5433], database: "a" },
      ],
      ["redis", { url: "redis://one" }, { url: "redis://two" }],
      ["ioredis", { host: "one", port: 6379, db: 0, sentinels: null }, { host: "one", port: 6379, db: 1 }],
    ])("shares it between clients of one server: %s", (_client, one, other) => {
      const check = newCheck();
      rememberCheck(check, one).pass();
      expect(rememberCheck(check, { ...one, max: 5 }).isPassed()).toBe(true);
      expect(rememberCheck(check, other).isPassed()).toBe(false);
      expect(rememberCheck(newCheck(), one).isPassed()).toBe(false);
    });

    it.each([
      ["no options", undefined],
      ["options that name no server", { max: 5 }],
      ["sentinels", { host: "localhost", sentinels: [{ host: "one" }] }],
    ])("shares nothing where it cannot know the server: %s", (_case, options) => {
      const check = newCheck();
      rememberCheck(check, options).pass();
      expect(rememberCheck(check, options).isPassed()).toBe(false);
    });

    it("forgets all rather than grow without end", () => {
      const check = newCheck();
      for (let index = 0; index < 1_001; index++) rememberCheck(check, { host: `host${index}` }).pass();
      expect(rememberCheck(check, { host: "host1000" }).isPassed()).toBe(true);
      expect(rememberCheck(check, { host: "host0" }).isPassed()).toBe(false);
    });
  });
});
